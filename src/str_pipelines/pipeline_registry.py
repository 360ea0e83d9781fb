"""The pipelines by name: one a package under pipelines/, and the composites that chain them."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from kedro.pipeline import Pipeline

from str_pipelines import pipelines

LOOKS = {"ingest.preview", "ingest.words_preview", "ingest.leaks"}
"""They look at what is there, and nothing comes of them that another pipeline takes."""


def register_pipelines() -> dict[str, Pipeline]:
    """Every pipeline and composite; Kedro asks for this. Importing a pipeline is cheap by rule, so all are imported."""
    return with_composites(parts_of(pipelines))


def parts_of(package: ModuleType) -> dict[str, Pipeline]:
    """Module name → what its `create_pipeline()` returns."""
    names = [module.name for module in iter_modules(package.__path__)]
    return {name: import_module(f"{package.__name__}.{name}").create_pipeline() for name in names}


def with_composites(parts: dict[str, Pipeline]) -> dict[str, Pipeline]:
    """Add the chains that a person asks for by one name.

    `synthesize`: photographs → labelled words → how good they are; its own steps alone are `--namespaces=synthesize`.
    `recognizer`: labelled words → a reader; training alone is `--namespaces=recognizer`.
    `textssr`: photographs → scenes with rendered signs → a painter; one stage alone is `--namespaces=textssr.vae`.
    `ccd`: words, rendered ones and others → an encoder without their labels → readers, a masker from marked words, a
    restorer from pairs; one stage alone is `--namespaces=ccd.pretrain`.
    `lineage`: everything but looks, for `kedro viz`. `__default__` is `synthesize`.
    """
    scenes = parts["ingest"].only_nodes_with_namespaces(["ingest.scenes"])
    generation = parts["evaluate"].only_nodes_with_namespaces(["evaluate.generation"])
    synthesize = scenes + parts["synthesize"] + generation
    words = parts["ingest"].only_nodes_with_namespaces(["ingest.words"])
    recognizer = words + parts["recognizer"]
    drawn = parts["ingest"].only_nodes_with_namespaces(["ingest.rendered_scenes"])
    textssr = scenes + drawn + parts["textssr"]
    taught = ["ingest.words", "ingest.rendered_words", "ingest.masked_words", "ingest.pairs"]
    ccd = parts["ingest"].only_nodes_with_namespaces(taught) + parts["ccd"]
    lineage = Pipeline([node for part in parts.values() for node in part.nodes if node.namespace not in LOOKS])
    return {
        **parts,
        "synthesize": synthesize,
        "recognizer": recognizer,
        "textssr": textssr,
        "ccd": ccd,
        "lineage": lineage,
        "__default__": synthesize,
    }
