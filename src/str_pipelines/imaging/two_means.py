"""The best division of grey levels into two groups: CCD's text mask, exact and without a random start."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

LEVELS = 256
Grey = NDArray[np.uint8]
_LEVELS = np.arange(LEVELS, dtype=np.float64)


def histogram(grey: Grey) -> NDArray[np.float32]:
    """How many pixels of (H, W) uint8 have each grey level: (256,) float32, exact up to 2^24 pixels a level."""
    counts: NDArray[np.float32] = cv2.calcHist([grey], [0], None, [LEVELS], [0, LEVELS])
    return counts.ravel()


def thresholds(histograms: Sequence[NDArray[np.float32]]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """For each histogram the greatest level of the darker group, and how far apart the groups are.

    2-means on one number has its optimum at a threshold: the one with the greatest variance between the groups, which
    scipy's k-means (CCD's `generate_mask.py`, 20 restarts) looks for at random. All 255 are tried here, of all pictures
    at once; of several that are equally good the lowest is taken.

    Args:
        histograms: of B pictures, each (256,), with at least one pixel and at most 4 million.

    Returns:
        (B,) thresholds, 0 to 254; (B,) the share of the variance that lies between the groups, 0 to 1: 0 where all
        pixels are alike, so that there are no two groups.
    """
    counts = np.array(histograms, np.float64)  # (B, 256); whole numbers below 2^53, here and below, are exact
    sums, squares = counts * _LEVELS, counts @ _LEVELS**2
    np.cumsum(counts, axis=1, out=counts)  # from here on in place, which takes half the time
    np.cumsum(sums, axis=1, out=sums)
    pixels, total = counts[:, -1:].copy(), sums[:, -1:].copy()
    sums *= pixels
    sums -= total * counts
    sums *= sums
    pairs = pixels - counts
    pairs *= counts
    sums /= np.maximum(pairs, 1, out=pairs)  # the variance between the groups, times pixels squared
    best = sums.argmax(axis=1)
    whole = pixels[:, 0] * squares - total[:, 0] ** 2
    return best, sums[np.arange(len(best)), best] / np.maximum(whole, 1)


def lighter(grey: Grey, threshold: int) -> NDArray[np.uint8]:
    """(H, W) uint8: 1 where a pixel is lighter than the threshold, else 0."""
    light: NDArray[np.uint8] = cv2.threshold(grey, threshold, 1, cv2.THRESH_BINARY)[1]
    return light
