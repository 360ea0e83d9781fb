"""What every masker has in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from str_pipelines.records import Refused, Word


@dataclass(frozen=True, slots=True)
class Masked:
    """`pixels` (h, w) uint8 of a word's picture, 0 where no text is and the masker's `full` where text is.

    `certainty`, 0.5 to 1, says how sure it is that these are not the ground instead.
    """

    pixels: NDArray[np.uint8]
    certainty: float = 1.0


class Masker(Protocol):
    """Finds text in pictures of words: a pure function of the words, that can be pickled.

    `digest` changes when it finds anything else; `full` is 1 where a pixel is text or is not, 255 for shades between.
    """

    digest: str
    full: int

    def __call__(self, words: Sequence[Word]) -> Sequence[Masked | Refused]:
        """A mask for each word, of its picture's size, or why there is none. Words come in batches, without facts."""
        ...
