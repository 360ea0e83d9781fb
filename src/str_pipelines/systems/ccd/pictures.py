"""What CCD is pretrained on: pictures of words with masks and regions of their characters; labels are not read."""

from __future__ import annotations

import logging
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.crop import upright
from str_pipelines.imaging.decode import WORD_PIXELS
from str_pipelines.imaging.polarity import text_of
from str_pipelines.imaging.quick import decode_quick
from str_pipelines.imaging.regions import character_regions
from str_pipelines.imaging.two_means import histogram, lighter, thresholds
from str_pipelines.recognizers.gather import find_words
from str_pipelines.recognizers.shape import stretch
from str_pipelines.recognizers.stored_words import first_readable, pieces
from str_pipelines.recognizers.words import quotas
from str_pipelines.storage.environments import fetch
from str_pipelines.storage.handles import Layout
from str_pipelines.storage.masks import MaskLmdb
from str_pipelines.storage.paths import any_case
from str_pipelines.storage.samples import image_key
from str_pipelines.storage.words import WordLmdb
from str_pipelines.systems.ccd.config import CHARACTERS, HEIGHT, WIDTH, HeldParams, PicturesParams
from str_pipelines.training.order import draw

logger = logging.getLogger(__name__)
LEAST = 7
"""Pixels of either side; smaller pictures are left out, as published."""
LACKING = 0.01
"""Share of a set's masks that somebody else may have left out; they are made on the fly."""
Places = NDArray[np.int64]


class Picture(NamedTuple):
    """`pixels` (32, 128, 3) uint8 RGB, `mask` (32, 128) uint8 of 0 and 1, `regions` (32, 128) uint8 (characters.py);
    `aspect`, its width as a multiple of its height before it was stretched; and the key `set/number`."""

    pixels: NDArray[np.uint8]
    mask: NDArray[np.uint8]
    regions: NDArray[np.uint8]
    aspect: float
    key: str


@dataclass(frozen=True)
class StoredPictures:
    """The usable pictures of an LMDB: their `places` in it (N,), and masks of all of it where they were made before."""

    name: str
    words: WordLmdb
    masks: MaskLmdb | None
    places: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.places)

    def part(self, places: Places) -> StoredPictures:
        """Some of them."""
        return replace(self, places=self.places[places])

    def read(self, place: int) -> Picture:
        """A picture with its mask; where it cannot be decoded, though its header can be read, the next that can be.

        Raises:
            ValueError: many such pictures follow each other; or a mask is none of its picture.
        """
        count = len(self.places)
        following = (each % count for each in range(place, place + count))
        return first_readable(self._picture, following, self.name, self.words.path)

    def _picture(self, place: int) -> Picture:
        index = int(self.places[place])
        key = f"{self.name}/{index + 1:09d}"
        folder, version, within = _layout(self.words).place(index)
        [data] = fetch(folder, version, [image_key(within + 1)])
        image = decode_quick(data or b"")
        made = None if self.masks is None or self.masks.lacks(index) else self.masks
        mask = _whole(made.pixels(index), made.full) if made else mask_of(image)
        if mask.shape != image.shape[:2]:
            raise ValueError(f"{key}: its mask in {self.masks and self.masks.path} is of another size; make masks anew")
        return picture_of(image, mask, key)


def picture_of(image: NDArray[np.uint8], mask: NDArray[np.uint8], key: str = "") -> Picture:
    """A picture (H, W, 3) uint8 and its mask (H, W) of 0 and 1 in the shape of the network."""
    image, mask = upright(image), upright(mask)
    shrunk = (stretch(mask * np.uint8(255), WIDTH, HEIGHT) >= 128).astype(np.uint8)
    regions = character_regions(shrunk, most=CHARACTERS)
    return Picture(stretch(image, WIDTH, HEIGHT), shrunk, regions, image.shape[1] / image.shape[0], key)


def mask_of(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W) uint8, 1 where the text of a picture (H, W, 3) is, by 2-means of its grey levels; 0 if it has but one."""
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)
    [threshold], [apart] = thresholds([histogram(grey)])
    return text_of(lighter(grey, int(threshold)))[0] if apart else np.zeros_like(grey)


@dataclass(frozen=True)
class Pictures:
    """The samples 0 … `len` - 1 of an epoch: `quotas[k]` of set k, then of the next; pure functions of their place."""

    sets: tuple[StoredPictures, ...]
    quotas: tuple[int, ...]
    seed: int = 0

    def __len__(self) -> int:
        return sum(self.quotas)

    def sample(self, epoch: int, index: int) -> Picture:
        """See `StoredPictures.read`."""
        ends = list(accumulate(self.quotas))
        number = bisect_right(ends, index)
        place = index - ends[number] + self.quotas[number]
        drawn = draw(tuple(map(len, self.sets)), self.quotas, self.seed, epoch)[number]
        return self.sets[number].read(place if drawn is None else int(drawn[place]))


def gather(params: PicturesParams, sets: Mapping[str, WordLmdb]) -> Pictures:
    """The usable pictures of all sets.

    Raises:
        FileNotFoundError: a set or its masks are not there.
        ValueError: as `sets_with_masks`; or nothing can be used.
    """
    held = [index_pictures(*each) for each in sets_with_masks(params, sets)]
    taken = quotas(list(map(len, held)), params.ratios or None, params.length or None)
    return Pictures(tuple(held), taken, params.seed)


def sets_with_masks(
    params: PicturesParams, sets: Mapping[str, WordLmdb]
) -> Iterator[tuple[str, WordLmdb, MaskLmdb | None]]:
    """Name, words and masks of all sets: those given by name, then those of `params.more`.

    Raises:
        FileNotFoundError: a set or its masks are not there.
        ValueError: there are neither as many `masks` as `more`, nor as many as sets; or masks are not those of their
            set, or many are missing.
    """
    given, more, every = params.masks, params.more, len(sets) + len(params.more)
    if len(given) not in (0, len(more), every):
        raise ValueError(f"there are {len(given)} `masks` for {len(more)} `more`: give as many, or {every}, or none")
    folders = ("",) * (every - len(given)) + given
    for (name, words), masks in zip(sets.items(), folders, strict=False):
        yield name, words, _masks_of(words, Path(masks)) if masks else None
    for path, masks in zip(more, folders[len(sets) :], strict=True):
        for name, words in find_words(Path(path)).items():
            below = Path(name).relative_to(any_case(Path(path)))  # a folder of masks mirrors that of their words
            yield name, words, _masks_of(words, Path(masks) / below) if masks else None


def index_pictures(name: str, words: WordLmdb, masks: MaskLmdb | None) -> StoredPictures:
    """Go through the sizes of a set, not its pictures, and keep those that are neither too small nor too large."""
    if masks and (missing := masks.missing(words)):
        logger.warning("%s: %d masks are missing in %s, and made on the fly", name, missing, masks.path)
    sizes = np.concatenate([each for _, each in pieces(words)] or [np.empty((0, 2), np.int64)]).reshape(-1, 2)
    usable = (sizes.min(1, initial=WORD_PIXELS) >= LEAST) & (sizes.prod(1) <= WORD_PIXELS)
    logger.info("%s: %d of %d pictures of %s can be used", name, usable.sum(), len(usable), words.path)
    return StoredPictures(name, words, masks, np.flatnonzero(usable).astype(np.uint32))


def held_out(pictures: Pictures, params: HeldParams, ratios: Sequence[float]) -> tuple[Pictures, Pictures]:
    """(what is trained on, what is validated on): the same ones every time, a picture in one of them only.

    Raises:
        ValueError: there are too few to hold one out.
    """
    left, held = [], []
    for each in pictures.sets:
        order = np.random.default_rng(len(each)).permutation(len(each))
        count = min(params.count, round(params.share * len(each)) or min(len(each), 1))
        held.append(each.part(np.sort(order[:count])))
        left.append(each.part(np.sort(order[count:])))
    if not sum(map(len, held)) or not sum(map(len, left)):
        raise ValueError("there are too few pictures to learn from some and look at others; give more")
    length = round(len(pictures) * sum(map(len, left)) / sum(map(len, pictures.sets)))
    taken = quotas(list(map(len, left)), ratios or None, length)
    train = replace(pictures, sets=tuple(left), quotas=taken)
    return train, replace(pictures, sets=tuple(held), quotas=tuple(map(len, held)))


def _masks_of(words: WordLmdb, path: Path) -> MaskLmdb:
    masks = MaskLmdb.at(any_case(path))
    masks.require(words, LACKING)
    return masks


def _whole(mask: NDArray[np.uint8], full: int) -> NDArray[np.uint8]:
    """0 and 1 of a mask with shades."""
    return mask if full == 1 else (mask >= 128).astype(np.uint8)


@lru_cache(maxsize=64)
def _layout(words: WordLmdb) -> Layout:
    """Looked at once a process, and not with every picture."""
    return words.layout
