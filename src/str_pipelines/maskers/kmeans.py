"""CCD's masks: two groups of grey levels, and the one that is shaped like text (section 4 of its supplement)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.polarity import text_of
from str_pipelines.imaging.quick import decode_grey
from str_pipelines.imaging.two_means import histogram, lighter, thresholds
from str_pipelines.maskers.masker import Masked
from str_pipelines.records import Refused, Word

VERSION = 1  # counts the changes that move pixels


class KMeans:
    """The optimum of 2-means on the grey levels of each picture alone."""

    full = 1

    def __init__(self) -> None:
        self.digest = hashlib.sha256(f"kmeans {VERSION}".encode()).hexdigest()

    def __call__(self, words: Sequence[Word]) -> list[Masked | Refused]:
        """See `Masker`; refuses with `one_grey_level` and as `imaging.decode`."""
        seen = [_seen(word.image) for word in words]
        counted = [each[1] for each in seen if not isinstance(each, Refused)]
        best = iter(zip(*(each.tolist() for each in thresholds(counted)), strict=True) if counted else ())
        return [each if isinstance(each, Refused) else _masked(each[0], *next(best)) for each in seen]


def _seen(image: bytes) -> tuple[NDArray[np.uint8], NDArray[np.float32]] | Refused:
    """The grey levels of a picture, and how often there is each."""
    try:
        grey = decode_grey(image)
    except Refused as refused:
        return refused
    return grey, histogram(grey)


def _masked(grey: NDArray[np.uint8], threshold: int, apart: float) -> Masked | Refused:
    if not apart:
        return Refused("one_grey_level", f"all pixels are {int(grey.flat[0])}: there are no two groups")
    return Masked(*text_of(lighter(grey, threshold)))
