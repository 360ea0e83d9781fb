from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from str_pipelines.imaging.decode import decode, encode_png
from str_pipelines.metrics.benchmark_report import benchmark_report, markdown
from str_pipelines.metrics.benchmark_scores import score_sets
from str_pipelines.records import Report, Word
from str_pipelines.storage.tables import write_table
from str_pipelines.storage.words import WordLmdb, WordWriter

WORDS = [
    ("SVT_647", "ONE", "one", 0.9),
    ("SVT_647", "two", "tow", 0.7),
    ("a|b", "it", "if", 0.99),
    ("a|b", "is", "", 0),
]
TIMING = {
    f"batch_{size}": {"calls": 2, "latency_ms": 5.0, "words_per_second": 9.5, "cpu_ms": 4.0, "threads": 1}
    for size in (1, 32)
}


def stored(folder: Path, labels: list[str]) -> WordLmdb:
    with WordWriter(folder) as writer:
        for number, label in enumerate(labels):
            writer.add(Word(str(number), encode_png(np.full((20, 50, 3), 60 * number, np.uint8)), label, (50, 20)))
        writer.finish()
    return WordLmdb.at(folder)


def reported(tmp_path: Path, turn: bool = False, turns: bool = False) -> Report:
    rows, listed = [], []
    for name in ("SVT_647", "a|b"):
        labels = [label for set_name, label, _, _ in WORDS if set_name == name]
        words = stored(tmp_path / name, labels)
        listed.append({"set": name, "path": str(words.path), "words": len(words), "digest": words.digest})
        readings = [(reading, confidence) for set_name, _, reading, confidence in WORDS if set_name == name]
        rows += [
            {"set": name, "index": index, "id": str(index), "label": labels[index], "reading": reading,
             "confidence": confidence, "width": 50, "height": 20, "reason": "" if confidence else "image_empty"}
            for index, (reading, confidence) in enumerate(readings)
        ]  # fmt: skip
    sets, predictions = write_table(tmp_path / "s.parquet", listed), write_table(tmp_path / "p.parquet", rows)
    left_out = write_table(tmp_path / "l.parquet", [{"set": "IC15_1811", "why": "it is not there"}])
    results = score_sets(sets, predictions, "mini-1", "digest", "", turn, turns)
    other = {
        name.replace("mini-1", "old-2"): {**row, "reader": "old-2", "word_accuracy": 1.0}
        for name, row in results.items()
    }
    return benchmark_report(sets, left_out, predictions, TIMING, "a machine", {**other, **results}, "mini-1")


@pytest.fixture
def report(tmp_path: Path) -> Report:
    return reported(tmp_path)


def test_figures_are_charts_of_sets(report: Report) -> None:
    assert report.metrics["word_accuracy"] == {"SVT_647": 0.5, "a|b": 0.0}
    assert report.metrics["words"] == {"SVT_647": 2.0, "a|b": 2.0}
    assert report.metrics["mean_word_accuracy"] == {"all_weighted": 0.25, "all_unweighted": 0.25}
    assert report.metrics["latency_ms"] == {"batch_1": 5.0, "batch_32": 5.0}
    assert {"word_accuracy_strict", "ned", "character_accuracy", "words_per_second"} <= report.metrics.keys()


def test_the_surest_errors_come_first_and_have_a_picture(report: Report) -> None:
    errors = report.tables["errors"]
    assert [(row["set"], row["label"], row["reading"]) for row in errors] == [
        ("a|b", "it", "if"),
        ("SVT_647", "two", "tow"),
    ]
    picture = decode(report.sheets["surest_errors"])
    assert (picture == 0).all(axis=2).sum() > 500  # the first word of its set is black


def test_tables_by_length_and_height_name_their_set(report: Report) -> None:
    assert {(row["set"], row["group"], row["words"]) for row in report.tables["by_length"]} == {
        ("SVT_647", "1-3", 2), ("a|b", "1-3", 2),
    }  # fmt: skip
    assert {row["group"] for row in report.tables["by_height"]} == {"16-23"}


def test_the_prose_has_the_table_other_readers_times_and_what_lacks(report: Report) -> None:
    assert "| SVT_647 | 2 | 50.0% (0.0% to 100.0%) |" in report.text
    assert "| a\\|b | 2 |" in report.text
    assert "| old-2 | as they stand | 100.0% | 100.0% | 100.0% |" in report.text
    assert "| 32 | 5.0 | 9.5 | 4.0 | 1 |" in report.text and "a machine" in report.text
    assert "| IC15_1811 | it is not there |" in report.text


@pytest.mark.parametrize(
    ("turn", "turns", "said"),
    [(False, False, "read as they stand"), (False, True, "turned by the reader itself"), (True, True, "turned")],
)
def test_the_prose_says_what_became_of_tall_words(turn: bool, turns: bool, said: str, tmp_path: Path) -> None:
    text = reported(tmp_path, turn, turns).text
    assert f"Pictures much higher than wide were {said}." in text
    assert f"| mini-1 | {'turned' if turns else 'as they stand'} |" in text


def test_markdown() -> None:
    assert markdown(("a", "b"), [("1", "x|y")]) == "| a | b |\n| --- | --- |\n| 1 | x\\|y |"
