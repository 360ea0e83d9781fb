"""Is something written in a quad, and in which colours? Told from the colours inside and from the edges around."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Colours = NDArray[np.float32]
Plane = NDArray[np.float32]

_SAMPLES = 800  # pixels from which a colour is estimated
_GOLDEN = (5**0.5 - 1) / 2
_VISIBLE = 10.0  # grey levels between two groups of colours below which nothing is written
_STARK = 160.0  # distance in RGB between ground and what is hardly texture
_BORDER, _CORE = 0.12, 0.15  # of the height: how far the border reaches into the quad, and where its core begins


def part_ink(scene: NDArray[np.uint8], distance: Plane, height: float) -> tuple[Colours, Colours | None]:
    """The colours (3,) of a quad's ground and of its ink, RGB 0…255; no ink where nothing is written.

    2-means over the colours inside, begun with the colour along the border, where there is mostly ground. A second
    colour that is not stark, as common at the border as in the core, in a quad whose edges are no steeper than those
    around it, is texture or shading: that is so in 9 of 10 empty places, and in 8 of 1,000 annotated words.

    Args:
        scene: (H, W, 3) uint8 RGB.
        distance: (H, W) float32 pixels from the quad's border, positive inside.
        height: of the quad in pixels.
    """
    start = colour_at_border(scene, distance, height)
    inside = sample(distance > 0)
    if len(inside) < 16:
        return start, None
    pixels, depth = pixels_at(scene, inside), distance.ravel()[inside]
    second = _two_means(pixels, start)
    if second is None:
        return start, None
    border, core = second[depth < _BORDER * height], second[depth >= _CORE * height]
    if _mean(border) > 0.75:  # the quad is cut closely around a sign, and begun with what is beyond it
        second, border, core = ~second, ~border, ~core
    ground = _median(pixels[~second])
    ink = pixels[second][np.argsort(np.linalg.norm(pixels[second] - ground, axis=1))]
    ink = _median(ink[len(ink) * 7 // 10 :])  # blurred letters reach their colour in few pixels
    even = _mean(core) - _mean(border) < 0.1 and np.linalg.norm(ink - ground) < _STARK
    return (start, None) if even and _slope_ratio(scene, distance, height) < 1 else (ground, ink)


def colour_at_border(scene: NDArray[np.uint8], distance: Plane, height: float) -> Colours:
    """(3,) median RGB along the quad's border, a little on both sides: still on a sign that the quad fills."""
    band = sample((distance > -max(2.0, 0.15 * height)) & (distance < max(1.0, 0.1 * height)))
    pixels = pixels_at(scene, band if len(band) else sample(np.ones_like(distance, np.bool_)))
    return _median(pixels)


def sample(where: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Flat positions at which `where` is true, 800 of many: by golden section, as even steps may follow a column."""
    found = np.flatnonzero(where)
    if len(found) <= _SAMPLES:
        return found
    return found[(np.arange(_SAMPLES) * _GOLDEN % 1 * len(found)).astype(np.intp)]


def pixels_at(scene: NDArray[np.uint8], positions: NDArray[np.intp]) -> Colours:
    """(N, 3) float32 colours at flat positions."""
    return scene.reshape(-1, 3)[positions].astype(np.float32)


def _two_means(pixels: Colours, start: Colours) -> NDArray[np.bool_] | None:
    """Which of (N, 3) pixels belong to the group that did not grow from `start`; None where there is but one group."""
    far = np.linalg.norm(pixels - start, axis=1)
    one, two, total = start, pixels[far >= far.mean()].mean(axis=0), pixels.sum(axis=0)
    for _ in range(4):
        second = (pixels - (one + two) / 2) @ (two - one) > 0
        count = np.count_nonzero(second)
        if count in (0, len(pixels)):
            return None
        two = second.astype(np.float32) @ pixels / count
        one = (total - count * two) / (len(pixels) - count)
    return np.asarray(second) if np.linalg.norm(two - one) >= _VISIBLE else None


def _slope_ratio(scene: NDArray[np.uint8], distance: Plane, height: float) -> float:
    """How much steeper the median pixel of the quad's core is than that around the quad, at the scale of strokes."""
    around = sample((distance < -0.05 * height) & (distance > -0.3 * height))
    core = sample(distance > _CORE * height)
    if not len(around) or not len(core):
        return np.inf
    grey = cv2.GaussianBlur(cv2.cvtColor(scene, cv2.COLOR_RGB2GRAY).astype(np.float32), (0, 0), max(0.6, height / 40))
    across, down = (cv2.Sobel(grey, cv2.CV_32F, dx, dy, scale=1 / 8) for dx, dy in ((1, 0), (0, 1)))
    slope = cv2.magnitude(across, down).ravel()
    return float(np.median(slope[core]) / (np.median(slope[around]) + 0.7))


def _median(pixels: Colours) -> Colours:
    """(3,) of (N, 3), N at least 1; of two in the middle the upper one."""
    return np.asarray(np.partition(pixels, len(pixels) // 2, axis=0)[len(pixels) // 2], np.float32)


def _mean(flags: NDArray[np.bool_]) -> float:
    return np.count_nonzero(flags) / max(1, len(flags))
