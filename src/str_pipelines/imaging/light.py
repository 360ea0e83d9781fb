"""The photograph's own light on drawn letters: its blur, its shading, and shadows or outlines that signs have."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]

_SAMPLING = 0.75  # pixels: the blur that a hard edge seems to have for central differences


def luma(colour: NDArray[np.floating]) -> NDArray[np.floating]:
    """Rec. 601 luma 0…255 of RGB in the last axis."""
    return np.asarray(colour @ np.array([0.299, 0.587, 0.114], colour.dtype))


def blur_sigma(scene: NDArray[np.uint8], default: float = 0.6) -> float:
    """Standard deviation in pixels of the photograph's blur, from its steepest edges.

    A step of height C blurred by sigma rises by C / (sigma √2π) a pixel at its steepest; C is the range of grey
    around. `default` where there is no edge of at least 25 grey levels.
    """
    grey = cv2.cvtColor(scene, cv2.COLOR_RGB2GRAY)
    slope = cv2.magnitude(*(cv2.Sobel(grey, cv2.CV_32F, dx, dy, scale=1 / 8) for dx, dy in ((1, 0), (0, 1))))
    step = cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((9, 9), np.uint8))
    edges = np.flatnonzero((step > 25) & (slope > 1) & (slope >= cv2.dilate(slope, np.ones((5, 5), np.uint8))))
    if len(edges) < 4:
        return default
    widths = np.sort(step.ravel()[edges] / slope.ravel()[edges])
    sigma = float(widths[3 * len(widths) // 10]) / math.sqrt(2 * math.pi)
    return math.sqrt(max(0.0, sigma**2 - _SAMPLING**2))


def as_pixels(picture: Plane) -> NDArray[np.uint8]:
    """(H, W, 3) float32 rounded to uint8, cut off at 0 and 255."""
    return np.asarray(cv2.add(picture, (0.0, 0.0, 0.0, 0.0), dtype=cv2.CV_8U), np.uint8)


def mix(picture: Plane, over: Plane, share: Plane) -> Plane:
    """`over` laid on `picture`, both (H, W, 3), by (H, W) shares 0…1."""
    return np.asarray(cv2.blendLinear(over, picture, share, 1 - share))


def soften(coverage: NDArray[np.uint8], sigma: float) -> Plane:
    """Coverage (H, W) uint8 as shares 0…1 float32, blurred by `sigma` pixels."""
    share = coverage.astype(np.float32) * np.float32(1 / 255)
    return np.asarray(cv2.GaussianBlur(share, (0, 0), sigma)) if sigma > 0.2 else share


def shading(ground: Plane, height: float, rng: np.random.Generator, slope: float = 0.08) -> Plane:
    """(H, W) float32 factors around 1: how light falls off over the ground (H, W, 3), and a slight gradient by lot."""
    grey = cv2.cvtColor(ground, cv2.COLOR_RGB2GRAY) + np.float32(20)
    small = (max(1, grey.shape[1] // 4), max(1, grey.shape[0] // 4))
    smooth = cv2.GaussianBlur(cv2.resize(grey, small, interpolation=cv2.INTER_LINEAR), (0, 0), 0.1 * height)
    light = np.sqrt(np.clip(smooth / smooth.mean(), 0.5, 1.5))
    angle, strength = rng.uniform(0, 2 * math.pi), rng.uniform(0, slope)
    y, x = (np.linspace(-1, 1, n, dtype=np.float32) for n in light.shape)
    light *= 1 + strength * (math.cos(angle) * x[None, :] + math.sin(angle) * y[:, None])
    return np.asarray(cv2.resize(light, grey.shape[::-1], interpolation=cv2.INTER_LINEAR))


def add_effect(
    picture: Plane,
    coverage: NDArray[np.uint8],
    ink: NDArray[np.float32],
    height: float,
    stroke: float,
    blur: float,
    rng: np.random.Generator,
) -> Plane:
    """A shadow under light letters, or a rim around letters in the colour that sets them off.

    Args:
        picture: (H, W, 3) float32 RGB, the ground under the letters.
        coverage: (H, W) uint8, where the letters will be.
        ink: (3,) RGB, their colour.
        height: of the line in pixels; `stroke`: width of the letters' strokes; `blur`: sigma of the photograph's blur.
    """
    light = luma(ink) > 127
    if light and rng.random() < 0.7:
        return cast_shadow(picture, coverage, height, blur, rng)
    rim = np.full(3, 20 if light else 240, np.float32)
    return draw_outline(picture, coverage, rim, 0.3 * stroke, blur)


def cast_shadow(
    picture: Plane, coverage: NDArray[np.uint8], height: float, blur: float, rng: np.random.Generator
) -> Plane:
    """The picture (H, W, 3) darkened by letters standing off the ground, up to 7 % of their height away."""
    angle, far = rng.uniform(0.1, 0.9) * math.pi / 2, rng.uniform(0.03, 0.07) * height
    shift = np.array([[1, 0, far * math.cos(angle) * rng.choice((-1, 1))], [0, 1, far * math.sin(angle)]])
    moved = cv2.warpAffine(coverage, shift, coverage.shape[::-1])
    depth = np.float32(rng.uniform(0.35, 0.75))
    return mix(picture, np.zeros_like(picture), depth * soften(moved, max(blur, 0.3 * far)))


def draw_outline(
    picture: Plane, coverage: NDArray[np.uint8], colour: NDArray[np.float32], width: float, blur: float
) -> Plane:
    """The picture (H, W, 3) with a rim of `colour`, `width` pixels wide, around the letters."""
    across = 2 * max(1, round(width)) + 1
    rim = cv2.dilate(coverage, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (across, across)))
    return mix(picture, np.full_like(picture, colour), soften(rim, blur))
