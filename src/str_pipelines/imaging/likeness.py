"""How alike two pictures look: the difference hash (dHash), which scaling, JPEG and colour change little."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

BITS = 64
ACROSS, DOWN = 9, 8  # pixels that a picture is scaled to


def dhash(pixels: NDArray[np.uint8]) -> int:
    """Of a picture (H, W, 3): a bit for each of 8 x 8 places, whether the picture grows lighter to the right there.

    The number is one of 64 bits with a sign, as numpy's int64 has it.
    """
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (ACROSS, DOWN), interpolation=cv2.INTER_AREA)
    bits = np.packbits(small[:, 1:] > small[:, :-1])
    return int(np.frombuffer(bits.tobytes(), np.int64)[0])


def bits_apart(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.uint8]:
    """In how many of 64 bits hashes (N) differ from others (N)."""
    return np.bitwise_count((one ^ other).view(np.uint64))
