"""Where the characters of a mask are: its connected parts, from left to right (CCD, `label_cluster`)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

LEAST, MOST = 30, 26  # pixels of a part, and parts: CCD's, for masks of 32 x 128 pixels


def character_regions(mask: NDArray[np.uint8], least: int = LEAST, most: int = MOST) -> NDArray[np.uint8]:
    """Parts of a mask by number: 0 is ground, 1 the leftmost part, 2 the next by the mean of its columns.

    CCD takes the first 26 parts from the top of the picture down and then sorts them; here they are sorted first, so
    that it is the rightmost ones that fall away.

    Args:
        mask: (H, W) uint8, text where it is not 0; its parts hang together across edges and corners.
        least: pixels that a part has at least; smaller ones become ground.
        most: parts that are kept, 255 at most.

    Returns:
        (H, W) uint8.
    """
    count, labels, stats, middles = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_16U)
    large = 1 + np.flatnonzero(stats[1:, cv2.CC_STAT_AREA] >= least)
    kept = large[np.argsort(middles[large, 0], kind="stable")][:most]
    numbers = np.zeros(count, np.uint8)
    numbers[kept] = np.arange(1, len(kept) + 1)
    return np.asarray(numbers[labels])
