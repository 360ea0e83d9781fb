"""Masks of a set of words: word by word, in shards, each beside the picture that it was made for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from str_pipelines.execution import Execution, run_shards
from str_pipelines.imaging.bilevel import encode_mask
from str_pipelines.imaging.decode import WORD_PIXELS
from str_pipelines.maskers.masker import Masked, Masker
from str_pipelines.maskers.params import MaskParams
from str_pipelines.records import Mask, Refused, Rejection, Word
from str_pipelines.storage.digests import work_key
from str_pipelines.storage.masks import MaskLmdb, MaskWriter, picture_digest
from str_pipelines.storage.words import WordLmdb

STEP, VERSION = "masks.make", 1
BATCH = 64  # words that a masker sees at once


def mask_words(words: WordLmdb, masker: Masker, params: MaskParams, execution: Execution) -> MaskLmdb:
    """A mask for every word. Where there is none it is all ground, and the word is among the rejections.

    The sidecar has for each: `ink`, the share of its pixels that are text, `certainty` as the masker has it, and
    `failed`, why there is none.
    """
    return run_shards(
        MaskLmdb,
        MaskWriter,
        partial(_shard, words, masker),
        len(words),
        params.shard_size,
        step=STEP,
        key=work_key(STEP, VERSION, {}, words.digest, masker.digest),
        execution=execution,
        made={"masker": masker.digest, "full": masker.full, "words": words.digest},
    )


def made_mask(word: Word, found: Masked | Refused, full: int) -> Mask:
    """The record of what a masker has found."""
    if isinstance(found, Refused):
        facts = {"ink": 0.0, "certainty": 0.0, "failed": found.reason}
        return Mask(word.id, encode_mask(_ground(word), full), _size(word), picture_digest(word.image), facts)
    height, width = found.pixels.shape
    ink = np.count_nonzero(found.pixels) if full == 1 else int(found.pixels.sum()) / full
    facts = {"ink": round(ink / found.pixels.size, 4), "certainty": round(found.certainty, 3), "failed": ""}
    return Mask(word.id, encode_mask(found.pixels, full), (width, height), picture_digest(word.image), facts)


def _shard(words: WordLmdb, masker: Masker, span: range, writer: MaskWriter) -> None:
    for batch in _batches(words, span):
        for word, found in zip(batch, masker(batch), strict=True):
            writer.add(made_mask(word, found, masker.full))
            if isinstance(found, Refused):
                writer.reject(Rejection(str(words.path), word.id, found.reason, found.detail))


def _batches(words: WordLmdb, span: range) -> Iterator[Sequence[Word]]:
    rest = (words[index] for index in span)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _size(word: Word) -> tuple[int, int]:
    """The word's size; one pixel where that is not known, or more than a picture of a word has."""
    width, height = word.size
    return word.size if 0 < width * height <= WORD_PIXELS else (1, 1)


def _ground(word: Word) -> NDArray[np.uint8]:
    return np.zeros(_size(word)[::-1], np.uint8)
