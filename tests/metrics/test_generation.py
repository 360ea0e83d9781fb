"""The report of the judge also has words that no picture shows, and sets of nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from str_pipelines.imaging.decode import decode, encode_png
from str_pipelines.metrics.generation import generation_report
from str_pipelines.records import Table, Word
from str_pipelines.storage.tables import write_table
from str_pipelines.storage.words import WordLmdb, WordWriter

PICTURE = encode_png(np.full((20, 60, 3), 90, np.uint8))


def words_of(folder: Path, *pictures: bytes) -> WordLmdb:
    with WordWriter(folder) as writer:
        for number, picture in enumerate(pictures):
            writer.add(Word(f"{number}", picture, "OPEN", (60, 20), "", {"kind": "word"}))
        writer.finish()
    return WordLmdb.at(folder)


def readings(path: Path, *texts: str) -> Table:
    facts: dict[str, Any] = {"label": "OPEN", "width": 60, "height": 20, "confidence": 0.9, "reason": ""}
    return write_table(path, [{"index": n, "id": f"{n}", **facts, "reading": text} for n, text in enumerate(texts)])


def test_a_word_that_cannot_be_decoded_counts_as_wrong_and_does_not_stop_the_report(tmp_path: Path) -> None:
    words, nothing = words_of(tmp_path / "words", PICTURE, PICTURE[:40], PICTURE), readings(tmp_path / "nothing")
    report = generation_report(words, readings(tmp_path / "painted", "OPEN", "", "OPFN"), nothing, nothing)
    assert report.metrics["word_accuracy"] == {"painted": 1 / 3, "other_texts": 1 / 3}
    assert decode(report.sheets["misread"]).shape[2] == 3


def test_where_nothing_is_misread_there_is_no_sheet_of_it(tmp_path: Path) -> None:
    words, nothing = words_of(tmp_path / "words", PICTURE), readings(tmp_path / "nothing")
    report = generation_report(words, readings(tmp_path / "painted", "open"), nothing, nothing)
    assert report.metrics["word_accuracy"]["painted"] == 1 and not report.sheets


def test_a_report_of_nothing_is_a_report(tmp_path: Path) -> None:
    nothing = readings(tmp_path / "nothing")
    report = generation_report(words_of(tmp_path / "words"), nothing, nothing, nothing)
    assert report.metrics["judged"] == {} and not report.sheets
