"""Masks come back as they went in, and are never taken for those of other words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from str_pipelines.imaging.bilevel import encode_mask
from str_pipelines.records import Mask, Word
from str_pipelines.storage.masks import MaskLmdb, MaskWriter, picture_digest
from str_pipelines.storage.verify import verify
from str_pipelines.storage.words import WordLmdb, WordWriter
from tests.making import entries_of, made_words

COUNT = 5


def mask(word: Word, number: int) -> Mask:
    """One that depends on its number, for a word."""
    pixels = np.zeros((8, 4 + number), np.uint8)
    pixels[2:6, 1:3] = 1
    size = (pixels.shape[1], pixels.shape[0])
    return Mask(word.id, encode_mask(pixels), size, picture_digest(word.image), {"ink": 0.25, "failed": ""})


def made(folder: Path, words: WordLmdb, digest: str = "") -> MaskLmdb:
    with MaskWriter(folder) as writer:
        for number, word in enumerate(words):
            writer.add(mask(word, number))
        writer.finish({"full": 1, "words": digest})
    return MaskLmdb.at(folder)


@pytest.fixture
def words(tmp_path: Path) -> WordLmdb:
    return made_words(tmp_path / "words", range(COUNT))


def test_masks_come_back_with_their_facts(tmp_path: Path, words: WordLmdb) -> None:
    masks = made(tmp_path / "masks", words)
    assert list(masks) == [mask(word, number) for number, word in enumerate(words)]
    assert masks[2].id == words[2].id and masks[2].size == (6, 8)
    assert masks.pixels(2).shape == (8, 6) and int(masks.pixels(2).sum()) == 8
    assert masks.full == 1 and not list(verify(masks))


def test_keys_are_ccds(tmp_path: Path, words: WordLmdb) -> None:
    entries = entries_of(made(tmp_path / "masks", words).path)
    names = [*(f"mask-{number:09d}" for number in range(1, COUNT + 1)), "num-samples"]
    assert [key.decode() for key, _ in entries] == names and entries[-1][1] == b"5"


def test_a_changed_mask_is_found(tmp_path: Path, words: WordLmdb) -> None:
    masks = made(tmp_path / "masks", words)
    data = bytearray((masks.path / "data.mdb").read_bytes())
    place = data.index(masks[3].image) + 60
    data[place] ^= 1
    (masks.path / "data.mdb").write_bytes(data)
    assert {fault.reason for fault in verify(MaskLmdb.at(masks.path))} == {"file_differs", "record_differs"}


def test_masks_are_those_of_their_words_and_of_no_others(tmp_path: Path, words: WordLmdb) -> None:
    masks = made(tmp_path / "masks", words)
    masks.require(words)
    with pytest.raises(ValueError, match=r"masks has 5 masks, .*fewer 4 words; make masks of these words: kedro run"):
        masks.require(made_words(tmp_path / "fewer", range(COUNT - 1)))
    with pytest.raises(ValueError, match=r"mask 1 is that of 'set/0' and not of 'set/1', word 1 of .*others"):
        masks.require(made_words(tmp_path / "others", range(1, COUNT + 1)))


def test_another_picture_under_the_same_name_is_noticed(tmp_path: Path, words: WordLmdb) -> None:
    masks = made(tmp_path / "masks", words)
    with WordWriter(tmp_path / "changed") as writer:
        for word in words:
            writer.add(replace(word, image=word.image + b"\0") if word.id == "set/3" else word)
        writer.finish()
    with pytest.raises(ValueError, match="mask 4 was made for another picture than 'set/3' has now, word 4 of"):
        masks.require(WordLmdb.at(tmp_path / "changed"))


def test_the_same_pictures_with_other_labels_keep_their_masks(tmp_path: Path, words: WordLmdb) -> None:
    masks = made(tmp_path / "masks", words, words.digest)
    with WordWriter(tmp_path / "corrected") as writer:
        for word in words:
            writer.add(replace(word, label="corrected"))
        writer.finish()
    masks.require(WordLmdb.at(tmp_path / "corrected"))


def test_a_mask_lmdb_is_no_word_lmdb_and_the_other_way_round(tmp_path: Path, words: WordLmdb) -> None:
    masks = made(tmp_path / "masks", words)
    with pytest.raises(ValueError, match="holds 'words', where 'masks' is wanted"):
        MaskLmdb.at(words.path)
    with pytest.raises(ValueError, match="holds 'masks', where 'words' is wanted"):
        WordLmdb.at(masks.path)
