from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from str_pipelines.execution import Execution
from str_pipelines.imaging.decode import encode_png
from str_pipelines.recognizers import reading
from str_pipelines.recognizers.reader import Reader
from str_pipelines.recognizers.reading import (
    CHUNK,
    Loader,
    Outcome,
    read_listed,
    read_pictures,
    read_sets,
    read_words,
    sample,
)
from str_pipelines.records import Refused, Word
from str_pipelines.sources.pictures import find_pictures
from str_pipelines.storage.tables import rows_of, write_table
from str_pipelines.storage.words import WordLmdb, WordWriter

Pixels = NDArray[np.uint8]
NOISE = encode_png(np.random.default_rng(0).integers(0, 256, (10, 20, 3), dtype=np.uint8))


@dataclass
class Shapes:
    """Reads the shape and colour of a picture; refuses what is narrower than 4 pixels; remembers how it was asked."""

    digest: str = "shapes"
    calls: list[int] = field(default_factory=list)

    def read(self, images: Sequence[Pixels]) -> list[tuple[str, float]]:
        self.calls.append(len(images))
        if any(image.shape[1] < 4 for image in images):
            raise Refused("word_too_narrow", "under 4 pixels")
        return [
            (f"{image.shape[1]}x{image.shape[0]} {image[0, 0, 0]}", np.float32(image[0, 0, 0] / 255))  # type: ignore[misc]  # as networks do
            for image in images
        ]


def picture(width: int = 20, height: int = 10, colour: int = 0) -> bytes:
    return encode_png(np.full((height, width, 3), colour, np.uint8))


def words(folder: Path, *pictures: bytes) -> WordLmdb:
    with WordWriter(folder) as writer:
        for number, image in enumerate(pictures):
            writer.add(Word(f"w{number}", image, f"label{number}", (7, 7)))
        writer.finish()
    return WordLmdb.at(folder)


def loader(reader: Reader) -> Loader:
    return Loader(reader.digest, lambda: reader)


@pytest.fixture
def here(tmp_path: Path) -> Execution:
    reading.loaded.cache_clear()
    return Execution(backend="serial", workers=1, work=tmp_path / "work")


def outcomes(pictures: Sequence[bytes | Refused], reader: Reader, turn: bool = False) -> list[Outcome]:
    return [outcome for _, outcome in read_pictures(enumerate(pictures), reader, turn)]


def test_many_pictures_go_to_the_reader_at_once_and_come_back_in_order() -> None:
    reader = Shapes()
    found = list(read_pictures(((n, picture(colour=n)) for n in range(2 * CHUNK + 1)), reader, turn=False))
    assert reader.calls == [CHUNK, CHUNK, 1]
    assert [(key, outcome.reading) for key, outcome in found] == [(n, f"20x10 {n}") for n in range(2 * CHUNK + 1)]


def test_large_pictures_go_in_smaller_chunks() -> None:
    reader = Shapes()
    assert len(outcomes([picture(2000, 1500)] * 7, reader)) == 7
    assert reader.calls == [6, 1]


def test_pictures_are_read_as_they_are_needed() -> None:
    asked: list[int] = []

    def pictures() -> object:
        for number in range(10 * CHUNK):
            asked.append(number)
            yield number, picture()

    assert next(read_pictures(pictures(), Shapes(), turn=False))[0] == 0  # type: ignore[arg-type]
    assert len(asked) == CHUNK


@given(st.lists(st.sampled_from(["good", "narrow", "broken", "empty", "lost"]), max_size=70))
def test_what_is_wrong_with_one_does_not_touch_another(kinds: list[str]) -> None:
    given_: dict[str, bytes | Refused] = {
        "good": picture(),
        "narrow": picture(3),
        "broken": NOISE[: len(NOISE) // 2],
        "empty": b"",
        "lost": Refused("gone", "x"),
    }
    expected = {
        "good": Outcome("20x10 0", 0.0, 20, 10),
        "narrow": Outcome("", 0.0, 3, 10, "word_too_narrow", "under 4 pixels"),
        "broken": Outcome("", 0.0, 20, 10, "image_truncated"),
        "empty": Outcome("", 0.0, 0, 0, "image_empty", "0 bytes"),
        "lost": Outcome("", 0.0, 0, 0, "gone", "x"),
    }
    found = outcomes([given_[kind] for kind in kinds], Shapes())
    assert [each._replace(detail="") for each in found] == [expected[kind]._replace(detail="") for kind in kinds]
    assert all(
        each.detail == expected[kind].detail for each, kind in zip(found, kinds, strict=True) if kind != "broken"
    )


def test_one_that_is_refused_costs_few_calls() -> None:
    reader = Shapes()
    outcomes([picture()] * 40 + [picture(3)] + [picture()] * 23, reader)
    assert len(reader.calls) <= 13 and sum(reader.calls) < 200


def test_high_pictures_are_turned_where_that_is_asked_for() -> None:
    high = picture(10, 40)
    assert outcomes([high], Shapes(), turn=False)[0] == Outcome("10x40 0", 0.0, 10, 40)
    assert outcomes([high], Shapes(), turn=True)[0] == Outcome("40x10 0", 0.0, 40, 10)


def test_a_detail_that_is_no_text_can_be_stored() -> None:
    assert outcomes([Refused("image_missing", "a\udcff")], Shapes())[0].detail == "'a\\udcff'"


def test_words_are_read_to_a_table(tmp_path: Path, here: Execution) -> None:
    stored = words(tmp_path / "words", picture(colour=51), b"", picture(10, 40, 102))
    assert rows_of(read_words(stored, loader(Shapes()), here, "read")) == [
        {"index": 0, "id": "w0", "label": "label0", "reading": "20x10 51", "confidence": 0.2, "width": 20,
         "height": 10, "reason": ""},
        {"index": 1, "id": "w1", "label": "label1", "reading": "", "confidence": 0.0, "width": 0, "height": 0,
         "reason": "image_empty"},
        {"index": 2, "id": "w2", "label": "label2", "reading": "40x10 102", "confidence": 0.4, "width": 40,
         "height": 10, "reason": ""},
    ]  # fmt: skip


def test_what_was_read_is_not_read_again_but_otherwise_turned(tmp_path: Path, here: Execution) -> None:
    stored = words(tmp_path / "words", picture())
    reader = Shapes()
    first = read_words(stored, loader(reader), here, "read")
    assert read_words(stored, loader(reader), here, "read") == first and reader.calls == [1]
    read_words(stored, loader(reader), here, "read", turn=False)
    assert reader.calls == [1, 1]
    read_words(stored, loader(Shapes("another")), here, "read")
    assert len(list((here.work / "read").glob("*/table.parquet"))) == 3


def test_a_killed_reading_goes_on_where_it_stopped(
    tmp_path: Path, here: Execution, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "SHARD", 4)
    stored = words(tmp_path / "words", *(picture(colour=number) for number in range(10)))
    reader = Shapes()

    def interrupted(images: Sequence[Pixels]) -> list[tuple[str, float]]:
        if images[0][0, 0, 0] == 4:
            raise KeyboardInterrupt
        return Shapes.read(reader, images)

    monkeypatch.setattr(reader, "read", interrupted)
    with pytest.raises(KeyboardInterrupt):
        read_words(stored, loader(reader), here, "read")
    monkeypatch.undo()
    monkeypatch.setattr(reading, "SHARD", 4)
    rows = rows_of(read_words(stored, loader(reader), here, "read"))
    assert reader.calls == [4, 4, 2]
    assert [row["reading"] for row in rows] == [f"20x10 {number}" for number in range(10)]


def test_sets_are_read_one_after_the_other(tmp_path: Path, here: Execution, caplog: pytest.LogCaptureFixture) -> None:
    handles = {"b": words(tmp_path / "b", picture(), picture(8)), "a": words(tmp_path / "a", picture(9))}
    listed = [{"set": name, "path": str(each.path), "digest": each.digest} for name, each in handles.items()]
    sets = write_table(tmp_path / "sets.parquet", listed)
    with caplog.at_level(logging.INFO):
        predictions = read_sets(sets, loader(Shapes()), False, here, "read")
    assert [(row["set"], row["index"], row["reading"]) for row in rows_of(predictions)] == [
        ("b", 0, "20x10 0"), ("b", 1, "8x10 0"), ("a", 0, "9x10 0"),
    ]  # fmt: skip
    assert "reading 2 words of b" in caplog.text


def test_a_set_that_has_changed_is_refused(tmp_path: Path, here: Execution) -> None:
    stored = words(tmp_path / "words", picture())
    sets = write_table(tmp_path / "sets.parquet", [{"set": "a", "path": str(stored.path), "digest": "other"}])
    with pytest.raises(ValueError, match="has changed since this run began"):
        read_sets(sets, loader(Shapes()), False, here, "read")


def test_files_are_read_to_a_table(tmp_path: Path, here: Execution) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.png").write_bytes(picture(colour=51))
    (tmp_path / "in/b.txt").write_text("no picture")
    found = find_pictures(tmp_path / "in", here)
    rows = rows_of(read_listed(found, loader(Shapes()), True, here, "read"))
    assert rows[0] == {
        "path": "a.png", "reading": "20x10 51", "confidence": 0.2, "width": 20, "height": 10, "reason": "",
        "detail": "",
    }  # fmt: skip
    assert (rows[1]["path"], rows[1]["reading"], rows[1]["reason"]) == ("b.txt", "", "image_unreadable")


def test_a_sample_is_from_all_over_the_sets(tmp_path: Path, here: Execution) -> None:
    handles = {"a": words(tmp_path / "a", *[picture(10, 40)] * 100), "b": words(tmp_path / "b", *[picture(8)] * 100)}
    listed = [{"set": name, "path": str(each.path), "digest": each.digest} for name, each in handles.items()]
    sets = write_table(tmp_path / "sets.parquet", listed)
    predictions = read_sets(sets, loader(Shapes()), True, here, "read")
    shapes = [image.shape for image in sample(sets, predictions, turn=True)]
    assert len(shapes) == 64 and shapes.count((10, 40, 3)) == 34 and shapes.count((10, 8, 3)) == 30


def test_a_sample_of_nothing_is_refused(tmp_path: Path, here: Execution) -> None:
    stored = words(tmp_path / "a", b"")
    sets = write_table(tmp_path / "s.parquet", [{"set": "a", "path": str(stored.path), "digest": stored.digest}])
    with pytest.raises(ValueError, match="nothing to time"):
        sample(sets, read_sets(sets, loader(Shapes()), False, here, "read"), turn=False)
