"""Where a picture is calm: the walls and boards that people write on have few edges."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

CELL = 8  # pixels: how finely it is looked at


def calmest(picture: NDArray[np.uint8], places: Sequence[NDArray[np.float64]]) -> int:
    """Which of some places has the least steep picture in the box around its points.

    Args:
        picture: (H, W, 3) uint8 RGB, at least 16 pixels a side.
        places: one or more arrays of points (…, 2) in pixels, all of them inside.
    """
    half = (picture.shape[1] // 2, picture.shape[0] // 2)
    grey = cv2.cvtColor(cv2.resize(picture, half, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    steep = cv2.magnitude(*(cv2.Sobel(grey, cv2.CV_32F, dx, dy, scale=1 / 8) for dx, dy in ((1, 0), (0, 1))))
    size = (picture.shape[1] // CELL, picture.shape[0] // CELL)
    sums = cv2.integral(cv2.resize(steep, size, interpolation=cv2.INTER_AREA))
    return int(np.argmin([_mean(sums, points.reshape(-1, 2) / CELL) for points in places]))


def _mean(sums: NDArray[np.float64], points: NDArray[np.float64]) -> float:
    """Of the cells that the box around the points touches."""
    last = np.array(sums.shape[::-1]) - 1
    left, top = np.clip(np.floor(points.min(axis=0)).astype(int), 0, last - 1)
    right, bottom = np.clip(np.ceil(points.max(axis=0)).astype(int), (left + 1, top + 1), last)
    total = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
    return float(total / ((right - left) * (bottom - top)))
