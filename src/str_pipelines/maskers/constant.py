"""The mask that knows nothing: to see what a network owes to its masks."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from str_pipelines.maskers.masker import Masked
from str_pipelines.records import Refused, Word


class Constant:
    """Every pixel of every word has the same `value`, 0 (ground) to 1 (text), whatever the picture shows.

    Raises:
        ValueError: it has another one.
    """

    full = 255

    def __init__(self, value: float = 1.0) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise ValueError(f"value is a number from 0 to 1, not {value!r}")
        self._level = round(self.full * value)
        self.digest = hashlib.sha256(f"constant {self._level}".encode()).hexdigest()

    def __call__(self, words: Sequence[Word]) -> list[Masked | Refused]:
        """See `Masker`; refuses with `size_unknown`."""
        return [self._masked(*word.size) for word in words]

    def _masked(self, width: int, height: int) -> Masked | Refused:
        if not width or not height:
            return Refused("size_unknown", "nobody can tell how large the picture is")
        return Masked(np.full((height, width), self._level, np.uint8))
