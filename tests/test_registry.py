"""Which pipelines there are, and what they ask of their nodes."""

from __future__ import annotations

import tomllib
from inspect import unwrap
from pathlib import Path
from pkgutil import iter_modules
from typing import get_type_hints

import pytest
import yaml
from kedro.pipeline import Node, Pipeline

from str_pipelines import pipelines as package
from str_pipelines.pipeline_registry import LOOKS, register_pipelines, with_composites

ROOT = Path(__file__).parent.parent
PIPELINES = register_pipelines()


def same(value: object) -> object:
    return value


def chain(namespace: str, start: str, end: str) -> Pipeline:
    return Pipeline([Node(same, start, end, name="step")], namespace=namespace, inputs={start}, outputs={end})


def namespaces(pipeline: Pipeline) -> set[str | None]:
    return {node.namespace for node in pipeline.nodes}


def test_every_package_is_registered() -> None:
    assert {module.name for module in iter_modules(package.__path__)} <= set(PIPELINES)


def test_composites_take_their_part_of_a_pipeline_only() -> None:
    parts = {
        "ingest": chain("ingest.scenes", "photos", "scenes")
        + chain("ingest.words", "crops", "words")
        + chain("ingest.rendered_words", "renderer", "rendered_words")
        + chain("ingest.rendered_scenes", "renderer", "rendered_scenes")
        + chain("ingest.masked_words", "crops", "masked_words")
        + chain("ingest.pairs", "crops", "pairs"),
        "evaluate": chain("evaluate.generation", "painted", "report") + chain("evaluate.readers", "words", "table"),
        "synthesize": chain("synthesize", "scenes", "painted"),
        "recognizer": chain("recognizer", "words", "checkpoint"),
        "textssr": chain("textssr.vae", "rendered_scenes", "vae_card"),
        "ccd": chain("ccd.pretrain", "words", "ccd_card"),
    }
    made = with_composites(parts)
    assert namespaces(made["synthesize"]) == {"ingest.scenes", "synthesize", "evaluate.generation"}
    assert namespaces(made["synthesize"].filter(node_namespaces=["synthesize"])) == {"synthesize"}
    assert namespaces(made["recognizer"]) == {"ingest.words", "recognizer"}
    assert len(made["lineage"].nodes) == 12
    assert namespaces(made["textssr"]) == {"ingest.scenes", "ingest.rendered_scenes", "textssr.vae"}
    assert namespaces(made["ccd"]) == {
        "ingest.words", "ingest.rendered_words", "ingest.masked_words", "ingest.pairs", "ccd.pretrain",
    }  # fmt: skip
    assert made["__default__"] is made["synthesize"]
    assert made["ingest"] is parts["ingest"]


def test_lineage_leaves_out_dry_runs_and_reports_on_what_is_there() -> None:
    assert namespaces(PIPELINES["ingest"]) >= LOOKS and not namespaces(PIPELINES["lineage"]) & LOOKS


def test_synthesize_needs_nothing_made_by_another_pipeline() -> None:
    free = {name for name in PIPELINES["synthesize"].inputs() if not name.startswith("params:")}
    made = {name for pipeline in PIPELINES.values() for name in pipeline.all_outputs()}
    assert not free & made


def node_functions() -> list[object]:
    found = {node.name: node.func for pipeline in PIPELINES.values() for node in pipeline.nodes}
    return [pytest.param(function, id=name) for name, function in sorted(found.items())]


@pytest.mark.parametrize("function", node_functions())
def test_annotations_resolve(function: object) -> None:
    """One that does not would turn typed parameters off for its node, with a single line in the log."""
    hints = get_type_hints(unwrap(function))  # type: ignore[arg-type]
    assert "return" in hints


def test_kedro_yml_agrees_with_pyproject() -> None:
    facts = yaml.safe_load((ROOT / ".kedro.yml").read_text())
    run = facts.pop("run")
    assert facts == tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["kedro"]
    assert run["pipelines"] in PIPELINES
