"""Masks of somebody else's are read where they lie, and never taken for those of other words."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from str_pipelines.records import Word
from str_pipelines.storage import found_masks
from str_pipelines.storage.masks import MaskLmdb
from str_pipelines.storage.verify import verify
from str_pipelines.storage.words import WordLmdb, WordWriter
from tests.making import foreign

COUNT = 150
ONES = np.ones((COUNT, 4, 6), np.uint8)


def theirs(folder: Path, *pictures: np.ndarray, **entries: bytes | None) -> MaskLmdb:
    """As CCD's own script leaves them, but for some `entries`."""
    pngs = (bytes(cv2.imencode(".png", picture)[1]) for picture in pictures)
    masks: dict[bytes, bytes | None] = {b"mask-%09d" % number: png for number, png in enumerate(pngs, 1)}
    other = {key.replace("_", "-").encode(): value for key, value in entries.items()}
    return MaskLmdb.at(foreign(folder, {**masks, b"num-samples": b"%d" % len(pictures), **other}))


def pictures(folder: Path, *sizes: tuple[int, int]) -> WordLmdb:
    with WordWriter(folder) as writer:
        for number, size in enumerate(sizes):
            writer.add(Word(f"mine/{number}", b"picture", "label", size))
        writer.finish()
    return WordLmdb.at(folder)


@pytest.fixture
def words(tmp_path: Path) -> WordLmdb:
    return pictures(tmp_path / "words", *[(6, 4)] * COUNT)


def test_they_are_read_where_they_lie(tmp_path: Path) -> None:
    masks = theirs(tmp_path / "theirs", np.eye(4, 6, dtype=np.uint8), np.zeros((3, 3), np.uint8))
    np.testing.assert_array_equal(masks.pixels(0), np.eye(4, 6))
    assert [each.size for each in masks] == [(6, 4), (3, 3)] and masks.full == 1
    assert list(masks.digests()) == list(masks.read_digests()) and not list(verify(masks))
    masks.require(pictures(tmp_path / "words", (6, 4), (3, 3)))
    with pytest.raises(ValueError, match=r"mask 2 is of \(3, 3\) pixels and not of the \(3, 4\) of 'mine/1'"):
        masks.require(pictures(tmp_path / "others", (6, 4), (3, 4)))
    with pytest.raises(ValueError, match=r"theirs has a mask 2, and .*fewer 1 words"):
        masks.require(pictures(tmp_path / "fewer", (6, 4)), lacking=1)


def test_shades_are_told_from_zero_and_one(tmp_path: Path) -> None:
    assert theirs(tmp_path / "soft", np.full((2, 2), 200, np.uint8)).full == 255


def test_the_published_scripts_leave_out_the_last_and_miscount(tmp_path: Path, words: WordLmdb) -> None:
    """Merged, `num-samples` is the count of one process; one of them met a picture that it could not read."""
    masks = theirs(tmp_path / "theirs", *ONES[:-1], num_samples=b"4", **{"mask-000000003": None})
    masks.require(words, lacking=0.01)
    assert len(masks) == COUNT - 1 and masks.missing(words) == 2
    assert [index for index in range(COUNT) if masks.lacks(index)] == [2, COUNT - 1]
    assert [fault.record for fault in verify(masks)] == ["3"]
    with pytest.raises(ValueError, match="mask 3 is missing"):
        masks.pixels(2)


@pytest.mark.parametrize(("there", "lacking", "said"), [(149, 0.0, "lacks 1 masks"), (147, 0.01, "lacks 3 masks")])
def test_too_few_are_refused(tmp_path: Path, words: WordLmdb, there: int, lacking: float, said: str) -> None:
    masks = theirs(tmp_path / "theirs", *ONES[:there])
    refusal = f"{said} of the 150 words of .*, mask {there + 1} is the first: .*kedro run --pipeline=masks .*/words,"
    with pytest.raises(ValueError, match=refusal):
        masks.require(words, lacking)


def test_a_picture_whose_size_nobody_knows_is_not_compared(tmp_path: Path) -> None:
    theirs(tmp_path / "theirs", *ONES[:2]).require(pictures(tmp_path / "words", (6, 4), (0, 0)))


def test_they_are_gone_through_once(tmp_path: Path, words: WordLmdb, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    masks = theirs(tmp_path / "theirs", *ONES[:-1])
    masks.require(words, lacking=0.01)
    monkeypatch.setattr(found_masks, "pictures_in", None)
    found_masks._adopted.cache_clear()  # as in the next process
    again = MaskLmdb.at(masks.path)
    again.require(words, lacking=0.01)
    assert again == masks


@pytest.mark.parametrize(
    ("entries", "fault"),
    [
        ({"mask-000000001": None, "mask-000000002": None}, "no key `mask-000000001`, .*so this is no mask LMDB"),
        ({"mask-000000001": b"text"}, "mask_unreadable"),
        ({"mask-000000900": b"text"}, "a mask 900, and most before it are missing"),
    ],
)
def test_faults_are_named(tmp_path: Path, entries: dict[str, bytes | None], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        theirs(tmp_path / "theirs", *ONES[:2], **entries)
