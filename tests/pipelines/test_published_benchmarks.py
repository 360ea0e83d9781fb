"""Every set of the benchmark registry that can be read as published, from its look-alike to a row of the table."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from str_pipelines import zoo
from str_pipelines.datasets.handles import WordLmdbDataset
from str_pipelines.execution import Execution
from str_pipelines.metrics.benchmarks import BENCHMARKS, family_of
from str_pipelines.pipelines.evaluate.nodes import find_sets, read_sets, score_reader
from str_pipelines.pipelines.ingest.nodes import read_words
from str_pipelines.recognizers.reading import loaded
from str_pipelines.recognizers.reading_params import FindParams, ReadParams, ScoreParams
from str_pipelines.sources.demo_benchmark_scenes import BENCHMARK_SCENES
from str_pipelines.sources.demo_large_sets import LARGE_SETS
from str_pipelines.sources.demo_sets import UNION_PARTS, WORD_SETS
from str_pipelines.sources.published.layouts import LAYOUTS
from str_pipelines.sources.raw import RawWords
from str_pipelines.sources.word_config import PublishedSource, ReadWordsParams
from str_pipelines.storage.checkpoints import Checkpoint

FOLDERS = {
    **{f"IC13_{count}": "IC13" for count in (1095, 1015, 857)}, "IC15_2077": "IC15", "IC03_867": "IC03",
    **{f"Union14M_{part}": "Union14M" for part in UNION_PARTS},
}  # fmt: skip
"""Of a look-alike, where it is not called as its layout."""
SPLITS = {"COCOv1.4": "val", "ArT": "train", "Uber": "train"}
"""What is there, where that is not the test part."""
KNOWN = [name for name in LAYOUTS if family_of(name)]


@dataclass
class OneWord:
    """A reader that says the same of everything."""

    digest: str = "one word"
    turns: bool = False

    def read(self, images: Sequence[NDArray[np.uint8]]) -> list[tuple[str, float]]:
        """It."""
        return [("WORD", 0.5)] * len(images)


def ingested(root: Path, here: Execution) -> Iterator[tuple[str, int]]:
    """Below `sets` a set for each layout; its name, and how often the reader will be right."""
    for name, make in {**WORD_SETS, **BENCHMARK_SCENES, **LARGE_SETS}.items():
        make(root / "raw" / name)
    for name in KNOWN:
        folder = root / "raw" / FOLDERS.get(name, name)
        source = PublishedSource(kind="published", name=name, root=folder, split=SPLITS.get(name, "test"))
        words = read_words(RawWords.at(source), ReadWordsParams(source=source), here)
        WordLmdbDataset(str(root / f"sets/demo_{name}")).save(words)
        yield f"demo_{name}", [word.label.casefold() for word in words].count("word")


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, Any]]]:
    """The rows of the table by set."""
    root = tmp_path_factory.mktemp("round trip")
    here = Execution(backend="serial", work=root / "work")
    loaded.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zoo, "load_reader", lambda _: OneWord())
        patch.setattr(os, "fsync", lambda _: None)  # a thousand times
        right = dict(ingested(root, here))
        sets, left_out = find_sets(root / "sets", FindParams(), here)
        assert left_out.rows == 0
        reader = Checkpoint.at("ctc_small")
        predictions = read_sets(sets, reader, ReadParams(), here)
        figures = score_reader(sets, predictions, reader, ReadParams(), ScoreParams())
    loaded.cache_clear()
    yield {row["set"]: {**row, "right": right[row["set"]]} for row in figures.values()}


@pytest.mark.parametrize("name", KNOWN)
def test_a_look_alike_comes_to_a_row_of_the_table(name: str, scored: dict[str, dict[str, Any]]) -> None:
    row = scored[f"demo_{name}"]
    assert row["words"] >= 1 and round(row["word_accuracy"] * row["words"]) == row["right"]
    assert row["right"] == 1 or name in LARGE_SETS


def test_no_look_alike_passes_for_the_set_itself(scored: dict[str, dict[str, Any]]) -> None:
    assert not scored.keys() & {each.name for each in BENCHMARKS}
    assert len(scored) == len(KNOWN) >= 26
