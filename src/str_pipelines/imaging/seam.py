"""Lay a painted window into its photograph so that nothing outside a feathered seam changes."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.ground import border_distance
from str_pipelines.imaging.quads import sides

SEAM = 0.15
LEAST_SEAM = 2.0


def seam_width(quad: NDArray[np.float64]) -> float:
    """How far outside the quad the seam reaches, in pixels: 15 % of the text's height, at least 2."""
    return max(LEAST_SEAM, SEAM * min(sides(quad)))


def seam(quad: NDArray[np.float64], height: int, width: int) -> NDArray[np.float32]:
    """(H, W) float32 weights of the painted pixels: 1 in the quad, falling to 0 over the seam, exactly 0 beyond it."""
    outside = (border_distance((height, width), quad) < 0).astype(np.uint8)
    distance = cv2.distanceTransform(outside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(np.clip(1 - distance / np.float32(seam_width(quad)), 0, 1))


def blend(source: NDArray[np.uint8], painted: NDArray[np.uint8], weight: NDArray[np.float32]) -> NDArray[np.uint8]:
    """source + weight · (painted − source), rounded; all (H, W, 3) uint8, and equal to `source` where weight is 0."""
    change = painted.astype(np.float32) - source
    return np.rint(source + weight[..., None] * change).astype(np.uint8)
