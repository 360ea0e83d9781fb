"""Words with masks as samples: what `ccd.segment` learns from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.crop import upright
from str_pipelines.imaging.decode import WORD_PIXELS
from str_pipelines.imaging.quick import decode_quick
from str_pipelines.metrics.segmentation import OPEN as IGNORED
from str_pipelines.recognizers.shape import stretch
from str_pipelines.recognizers.stored_words import pieces
from str_pipelines.records import Refused
from str_pipelines.storage.handles import ROWS
from str_pipelines.storage.masks import OPEN, MaskLmdb
from str_pipelines.storage.tables import column
from str_pipelines.storage.words import WordLmdb
from str_pipelines.systems.ccd.config import HEIGHT, WIDTH, HeldParams
from str_pipelines.systems.ccd.division import Division, Places, divide, parts_of

LEAST = 2
"""Pixels of either side."""


class Marked(NamedTuple):
    """`pixels` (32, 128, 3) uint8 RGB; `target` (32, 128) uint8, 1 where text is, 255 where nobody can tell; the id."""

    pixels: NDArray[np.uint8]
    target: NDArray[np.uint8]
    key: str


@dataclass(frozen=True)
class MarkedWords:
    """Some words of a set, by their `places` (N,), and the masks of all of it."""

    words: WordLmdb
    masks: MaskLmdb
    places: Places

    def __len__(self) -> int:
        return len(self.places)

    def sample(self, epoch: int, index: int) -> Marked:
        """Word `index` of them; the same in every epoch.

        Raises:
            ValueError: picture or mask cannot be decoded, or they are of different sizes.
        """
        place = int(self.places[index])
        word = self.words[place]
        try:
            picture, mask = decode_quick(word.image), self.masks.pixels(place)
        except Refused as refused:
            raise ValueError(
                f"{word.id} in {self.words.path} and {self.masks.path}: {refused}; make them again"
            ) from refused
        if mask.shape != picture.shape[:2]:
            raise ValueError(f"{word.id}: its mask in {self.masks.path} is of another size; make masks anew")
        target = target_of(upright(mask), self.masks.full)
        return Marked(stretch(upright(picture), WIDTH, HEIGHT), target, word.id)


def target_of(mask: NDArray[np.uint8], full: int) -> NDArray[np.uint8]:
    """A mask (H, W) from 0 to `full` as (32, 128) of 0, 1 and, where more than half of a pixel is open, 255."""
    unknown = (mask == OPEN) & (full == 255)
    text = np.where(unknown, 0, mask).astype(np.uint8) * np.uint8(255 // full)
    target = (stretch(text, WIDTH, HEIGHT) >= 128).astype(np.uint8)
    opened = stretch(unknown.astype(np.uint8) * np.uint8(255), WIDTH, HEIGHT) >= 128
    return np.where(opened, np.uint8(IGNORED), target)


def divide_words(words: WordLmdb, masks: MaskLmdb, params: HeldParams) -> Division:
    """The usable words of a set by their part: those of 2 pixels a side or more that have a mask.

    Raises:
        ValueError: the masks are not those of these words, or there are too few.
    """
    masks.require(words)
    sizes = np.concatenate([np.empty((0, 2), np.int64), *(each for _, each in pieces(words))])
    usable = (sizes.min(1, initial=WORD_PIXELS) >= LEAST) & (sizes.prod(1) <= WORD_PIXELS) & _made(masks)
    return divide(parts_of(words), usable, params)


def _made(masks: MaskLmdb) -> NDArray[np.bool_]:
    """(N,) whether there is a mask, and not an empty one in its place."""
    files = [folder / ROWS for folder in masks.folders()]
    if not all(file.is_file() for file in files):
        return np.ones(len(masks), bool)
    return np.array([not failed for failed in column(files, "failed").to_pylist()], bool)
