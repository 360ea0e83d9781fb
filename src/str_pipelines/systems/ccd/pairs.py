"""Words in two resolutions as samples: what `ccd.restore` learns from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.quick import decode_quick
from str_pipelines.recognizers.shape import stretch
from str_pipelines.records import Refused
from str_pipelines.storage.pairs import PairLmdb
from str_pipelines.systems.ccd.config import HEIGHT, WIDTH, HeldParams
from str_pipelines.systems.ccd.division import Division, Places, divide, parts_of

LOW_HEIGHT, LOW_WIDTH = 16, 64
"""Pixels of the worse picture, whatever its shape was."""


class Restorable(NamedTuple):
    """A word (16, 64, 3) and, stretched by a bicubic filter, (32, 128, 3); `high` (32, 128, 3) as it should be; all of
    them uint8 RGB; and its id."""

    low: NDArray[np.uint8]
    bicubic: NDArray[np.uint8]
    high: NDArray[np.uint8]
    key: str


@dataclass(frozen=True)
class Restorables:
    """Some pairs of a set, by their `places` (N,)."""

    pairs: PairLmdb
    places: Places

    def __len__(self) -> int:
        return len(self.places)

    def sample(self, epoch: int, index: int) -> Restorable:
        """Pair `index` of them; the same in every epoch.

        Raises:
            ValueError: a picture cannot be decoded.
        """
        place = int(self.places[index])
        key = self.pairs.id_of(place)
        try:
            low, high = (decode_quick(image) for image in self.pairs.images(place))
        except Refused as refused:
            raise ValueError(f"{key} in {self.pairs.path}: {refused}; make the set again") from refused
        small = stretch(low, LOW_WIDTH, LOW_HEIGHT, "exact")
        return Restorable(small, stretch(small, WIDTH, HEIGHT, "exact"), stretch(high, WIDTH, HEIGHT, "exact"), key)


def divide_pairs(pairs: PairLmdb, params: HeldParams) -> Division:
    """The pairs of a set by their part: train1 and train2, and the tests easy, medium and hard.

    Raises:
        ValueError: there are too few.
    """
    return divide(parts_of(pairs), np.ones(len(pairs), bool), params)
