"""Every pipeline runs from the command line in seconds, and the same command again finds its work done."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path

import pytest

from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.storage.verify import verify
from str_pipelines.storage.words import WordLmdb

from . import running

kedro = partial(running.kedro, tracked=True)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where `synthesize` of the smoke environment has put everything."""
    folder = tmp_path_factory.mktemp("data with blank ä")
    kedro(folder, "--pipeline=synthesize")
    return folder


def test_synthesize_makes_words_that_are_whole(data: Path) -> None:
    words = WordLmdb.at(data / "07_model_output/synthetic_words")
    assert len(words) >= 10 and not list(verify(words))
    metrics = json.loads((data / "08_reporting/generation_report/metrics.json").read_bytes())
    assert metrics["judged"]["painted"] == len(words)
    assert metrics["word_accuracy"]["painted"] >= 0.8
    for sheet in ("words", "beside"):
        assert (data / f"08_reporting/synthesis_card/{sheet}.png").stat().st_size > 5_000
    assert list((data / "08_reporting/synthesis_card/photographs").glob("*.png"))


def test_the_same_command_again_finds_its_work_done(data: Path) -> None:
    before = WordLmdb.at(data / "07_model_output/synthetic_words").digest
    said = kedro(data, "--pipeline=synthesize", "--namespaces=synthesize")
    assert re.search(r"synthesize\.paint: .*done", said)
    assert WordLmdb.at(data / "07_model_output/synthetic_words").digest == before


def test_another_seed_makes_other_words(data: Path) -> None:
    before = {word.label for word in WordLmdb.at(data / "07_model_output/synthetic_words")}
    target = data / "elsewhere"
    kedro(data, "--pipeline=synthesize", "--namespaces=synthesize", f"--params=words={target},synthesize.texts.seed=1")
    assert {word.label for word in WordLmdb.at(target)} != before


def test_any_labelled_lmdb_can_be_judged(data: Path) -> None:
    foreign = data / "foreign"
    foreign.mkdir()
    source = WordLmdb.at(data / "07_model_output/synthetic_words").folders()[0]
    (foreign / "data.mdb").write_bytes((source / "data.mdb").read_bytes())
    kedro(data, "--pipeline=evaluate", "--namespaces=evaluate.generation", f"--params=words={foreign}")
    metrics = json.loads((data / "08_reporting/generation_report/metrics.json").read_bytes())
    assert set(metrics["word_accuracy"]) == {"painted"}
    assert sorted(file.name for file in foreign.iterdir()) == ["data.mdb"]


def test_signs_are_painted_into_photographs_that_were_ingested(data: Path) -> None:
    grounds = f"ingest.rendered_scenes.render.grounds={data / '03_primary/scenes'}"
    kedro(data, "--pipeline=ingest", "--namespaces=ingest.rendered_scenes", f"--params={grounds}")
    scenes = SceneLmdb.at(data / "05_model_input/rendered_scenes")
    assert len(scenes) == 24 and not list(verify(scenes))
    assert (data / "08_reporting/rendered_scenes_card/rendered_scenes.png").stat().st_size > 50_000


def test_a_misspelt_parameter_is_refused_with_the_nearest(tmp_path: Path) -> None:
    said = kedro(tmp_path, "--pipeline=synthesize", "--params=synthesise.texts.seed=1", succeeds=False)
    assert "did you mean synthesize.texts.seed?" in said
