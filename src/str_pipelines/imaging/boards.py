"""Boards under words: a panel of another colour, in the light of the picture, at times framed or casting a shadow."""

from __future__ import annotations

import colorsys

import cv2
import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.fill import noise, ramp
from str_pipelines.imaging.frames import place
from str_pipelines.imaging.ground import grain, surroundings
from str_pipelines.imaging.ink import Plane
from str_pipelines.imaging.light import as_pixels, cast_shadow, luma, mix, shading, soften
from str_pipelines.imaging.quads import sides

SHADOWED, FRAMED = 0.3, 0.35  # so often
BRIGHT = 225.0  # grey levels: a board is as much darker as the light around it is below
_SUBPIXEL = 4  # bits


def add_board(
    scene: NDArray[np.uint8], quad: NDArray[np.float64], blur: float, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """The scene (H, W, 3) uint8 RGB with a board in front of it.

    Args:
        quad: (4, 2) pixels, convex; it may stick out.
        blur: sigma in pixels of the scene's blur.
    """
    height = min(sides(quad))
    where = surroundings(scene.shape[:2], quad, 0.1 * height + 2)
    patch, local = scene[where].astype(np.float32), quad - (where[1].start, where[0].start)
    shape = (patch.shape[0], patch.shape[1])
    coverage = _coverage(local, shape)
    face = _face(shape, rng)
    if rng.random() < FRAMED:
        face = _framed(face, local, rng)
    face *= (_exposure(patch) * shading(patch, height, rng))[..., None]
    if rng.random() < SHADOWED:
        patch = cast_shadow(patch, coverage, 0.4 * height, blur, rng)
    result = scene.copy()
    result[where] = as_pixels(mix(patch, face, soften(coverage, max(blur, 0.4))))
    return result


def _face(shape: tuple[int, int], rng: np.random.Generator) -> Plane:
    """(H, W, 3) float32: a paint or plastic of one colour, nearly: white, black, grey or bright."""
    bright = rng.random() < 0.5
    saturation = rng.uniform(0.4, 1) if bright else rng.uniform(0, 0.15)
    value = rng.uniform(0.3, 0.95) if bright else rng.beta(0.5, 0.4)
    colour = 12 + 236 * np.array(colorsys.hsv_to_rgb(rng.random(), saturation, value), np.float32)
    uneven = grain(shape, rng.uniform(0.5, 4), int(rng.integers(2**31)))
    uneven += np.float32(rng.normal(0, 14)) * ramp(shape, rng)
    uneven += np.float32(rng.uniform(0, 4)) * noise(shape, rng.uniform(0.3, 1.5) * shape[0], rng)
    return np.asarray(cv2.merge([uneven + channel for channel in colour]))


def _exposure(scene: Plane) -> np.float32:
    """How much of its own brightness something white has here, 0.35 to 1."""
    lightest = np.percentile(luma(scene[::4, ::4].reshape(-1, 3)), 90)
    return np.float32(np.clip((lightest + 40) / BRIGHT, 0.35, 1))


def _framed(face: Plane, quad: NDArray[np.float64], rng: np.random.Generator) -> Plane:
    """A line inside the border, as thick as it is far from it, lighter or darker than the board."""
    start, width = rng.uniform(0.0, 0.06), rng.uniform(0.015, 0.05)
    ratio = min(sides(quad)) / np.array(sides(quad))  # the same number of pixels on all sides
    outer, inner = (_coverage(place(quad, _inset(depth * ratio)), face.shape[:2]) for depth in (start, start + width))
    tone = np.float32(rng.uniform(10, 80) if luma(face.reshape(-1, 3).mean(axis=0)) > 127 else rng.uniform(170, 250))
    return mix(face, np.full_like(face, tone), soften(cv2.subtract(outer, inner), 0))


def _inset(depths: NDArray[np.float64]) -> NDArray[np.float64]:
    """The unit square's corners (4, 2), moved inwards by shares of its sides."""
    (x, y), one = depths, 1 - depths
    return np.array([(x, y), (one[0], y), (one[0], one[1]), (x, one[1])])


def _coverage(quad: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """(H, W) uint8, 255 inside a quad, smooth at its border."""
    mask = np.zeros(shape[:2], np.uint8)
    points = np.rint((quad - 0.5) * 2**_SUBPIXEL).astype(np.int32)
    cv2.fillConvexPoly(mask, points, 255, cv2.LINE_AA, _SUBPIXEL)
    return mask
