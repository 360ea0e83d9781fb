"""A mask for every word, the same whoever makes it and however often it was killed; what failed is listed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from str_pipelines.execution import Execution
from str_pipelines.maskers.constant import Constant
from str_pipelines.maskers.kmeans import KMeans
from str_pipelines.maskers.params import MaskParams
from str_pipelines.maskers.step import mask_words
from str_pipelines.storage.masks import MaskLmdb
from str_pipelines.storage.verify import verify
from str_pipelines.storage.words import WordLmdb
from tests.maskers.conftest import BAD


def test_masks_lie_in_the_order_of_their_words(words: WordLmdb, here: Execution) -> None:
    masks = mask_words(words, KMeans(), MaskParams(shard_size=6), here)
    assert [mask.id for mask in masks] == [word.id for word in words] and len(masks.folders()) == 4
    masks.require(words)
    assert not list(verify(masks)) and masks.full == 1
    assert masks.manifest.made == {"full": 1, "masker": KMeans().digest, "words": words.digest}


def test_a_word_without_a_mask_has_an_empty_one_and_a_reason(words: WordLmdb, here: Execution) -> None:
    masks = mask_words(words, KMeans(), MaskParams(), here)
    failed = {mask.id: (mask.facts["failed"], mask.size) for mask in masks if mask.facts["failed"]}
    assert failed == {
        "flat": ("one_grey_level", (20, 9)), "cut": ("image_truncated", (60, 20)), "page": ("image_unreadable", (1, 1)),
    }  # fmt: skip
    assert masks.manifest.rejected == {"one_grey_level": 1, "image_truncated": 1, "image_unreadable": 1}
    assert [rejection.record for rejection in masks.rejections()] == [bad.id for bad in BAD]
    index = [mask.id for mask in masks].index("cut")
    assert masks.pixels(index).shape == (20, 60) and not masks.pixels(index).any()


def test_facts_say_how_much_ink_there_is(words: WordLmdb, here: Execution) -> None:
    masks = mask_words(words, KMeans(), MaskParams(), here)
    for index, mask in enumerate(masks):
        assert mask.facts["ink"] == pytest.approx(float(masks.pixels(index).mean()), abs=1e-4)
        assert (0.5 <= mask.facts["certainty"] <= 1) != bool(mask.facts["failed"])
    half = mask_words(words, Constant(0.5), MaskParams(), here)
    assert half.full == 255 and next(iter(half)).facts["ink"] == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("size", [1, 4, 100])
def test_neither_workers_nor_shards_show_in_the_content(words: WordLmdb, tmp_path: Path, size: int) -> None:
    alone = Execution(backend="serial", workers=1, work=tmp_path / "alone")
    several = Execution(backend="processes", workers=2, work=tmp_path / f"several {size}")
    one = mask_words(words, KMeans(), MaskParams(), alone)
    other = mask_words(words, KMeans(), MaskParams(shard_size=size), several)
    assert one.digest == other.digest and list(one) == list(other)


def test_what_was_finished_is_not_done_again(words: WordLmdb, here: Execution) -> None:
    whole = mask_words(words, KMeans(), MaskParams(shard_size=5), here)
    *done, last = whole.folders()
    kept = {part: (part / "data.mdb").stat().st_mtime_ns for part in done}
    for folder in (whole.path, last):  # as when it was killed before its end
        (folder / "manifest.json").unlink()
    again = mask_words(words, KMeans(), MaskParams(shard_size=5), here)
    assert again.digest == whole.digest
    assert {part: (part / "data.mdb").stat().st_mtime_ns for part in done} == kept


def test_another_masker_or_other_words_are_other_masks(words: WordLmdb, here: Execution) -> None:
    made = [mask_words(words, masker, MaskParams(), here) for masker in (KMeans(), Constant(), Constant(0))]
    assert len({masks.path for masks in made}) == len({masks.digest for masks in made}) == 3


def test_masks_of_nothing_are_none(tmp_path: Path, here: Execution) -> None:
    from tests.making import made_words

    masks = mask_words(made_words(tmp_path / "empty", []), KMeans(), MaskParams(), here)
    assert len(masks) == 0 and json.loads((masks.path / "manifest.json").read_bytes())["count"] == 0
    assert isinstance(masks, MaskLmdb) and np.array(list(masks)).size == 0
