"""Grounds for words that have no photograph: painted walls, boards and papers, made of noise; or a piece of one."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.fill import noise, ramp
from str_pipelines.imaging.ground import grain
from str_pipelines.imaging.ink import Plane
from str_pipelines.imaging.light import as_pixels

CLOSEST = 1.0  # times a piece of a photograph is enlarged at most


def backdrop(height: int, width: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """(height, width, 3) uint8 RGB: one colour or a gradient between two, uneven, at times of two parts, with grain."""
    first = rng.uniform(10, 245) + rng.normal(0, 30, 3)
    change = rng.normal(0, 18) + rng.normal(0, 8, 3)
    share = ramp((height, width), rng)
    if rng.random() < 0.25:
        share = _parts((height, width), rng)
        change = rng.normal(0, 45) + rng.normal(0, 20, 3)
    uneven = grain((height, width), rng.uniform(0.5, 5), int(rng.integers(2**31)))
    for strength, cell in _blotches(rng):
        uneven += np.float32(strength) * noise((height, width), cell * height, rng)
    colours = zip(first.tolist(), change.tolist(), strict=True)
    return as_pixels(cv2.merge([cv2.scaleAdd(share, by, uneven) + np.float32(one) for one, by in colours]))


def piece_of(
    photograph: NDArray[np.uint8], height: int, width: int, rng: np.random.Generator, mirrored: float = 0.5
) -> NDArray[np.uint8]:
    """(height, width, 3) from somewhere in a photograph (H, W, 3), at its own scale or smaller, turned over by lot.

    `mirrored` is how often it is turned over: 0 where writing in it is to be seen.
    """
    limit = min(photograph.shape[0] / height, photograph.shape[1] / width)
    scale = limit if limit < CLOSEST else rng.uniform(CLOSEST, min(limit, 2 * CLOSEST))
    h, w = max(1, int(scale * height)), max(1, int(scale * width))
    y, x = (int(rng.integers(free + 1)) for free in (photograph.shape[0] - h, photograph.shape[1] - w))
    piece = photograph[y : y + h, x : x + w]
    piece = piece[:, ::-1] if rng.random() < mirrored else piece
    return np.asarray(
        cv2.resize(np.ascontiguousarray(piece), (width, height), interpolation=cv2.INTER_LINEAR), np.uint8
    )


def _blotches(rng: np.random.Generator) -> list[tuple[float, float]]:
    """Strength in grey levels and size in heights, of coarse and of fine unevenness."""
    return [(float(rng.uniform(0, 9)), float(rng.uniform(0.4, 2))), (float(rng.uniform(0, 6)), 0.08)]


def _parts(shape: tuple[int, int], rng: np.random.Generator) -> Plane:
    """(H, W) float32, 0 on one side of a straight border and 1 on the other, with one pixel between."""
    angle, where = rng.uniform(0, np.pi), rng.uniform(0.25, 0.75)
    y, x = (slope * (np.arange(n) - where * n) for slope, n in zip((np.sin(angle), np.cos(angle)), shape, strict=True))
    return np.asarray(np.clip(y.astype(np.float32)[:, None] + x.astype(np.float32), 0, 1))
