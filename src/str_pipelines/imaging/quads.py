"""Polygons of annotators to quads in the order of reading, and the geometry that goes with them."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from str_pipelines.records import Quad, Refused

MIN_AREA = 16.0


def quad_of(polygon: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
    """The quad (4, 2) of a polygon given in the order of reading.

    Four points are taken as they are. An even number of more is a top chain and a bottom chain, whose ends are the
    corners. Anything else, and what is not convex, becomes the smallest rectangle around it, turned so that its first
    side runs as the polygon begins: an annotator's order says which way the text reads, the rectangle alone does not
    (the reference loses it in 7 to 13 % of its benchmark words).

    Raises:
        Refused: `polygon_too_short` (fewer than 3 points), `polygon_not_finite`, `polygon_no_area`.
    """
    points = np.asarray(polygon, np.float64).reshape(-1, 2)
    if len(points) < 3:
        raise Refused("polygon_too_short", f"{len(points)} points")
    if not np.isfinite(points).all():
        raise Refused("polygon_not_finite", "NaN or infinite coordinates")
    half = len(points) // 2
    corners = points[[0, half - 1, half, -1]] if len(points) % 2 == 0 else points[:0]
    quad = corners if len(corners) and is_convex(corners) else _rectangle(points)
    if area(quad) < 0:  # listed down the left side first: the first corner stays where reading begins
        quad = quad[[0, 3, 2, 1]]
    if area(quad) < MIN_AREA:
        raise Refused("polygon_no_area", f"{area(quad):.1f} square pixels")
    return quad


def area(quad: NDArray[np.float64]) -> float:
    """Signed area in square pixels: positive where the corners run clockwise on the screen."""
    x, y = quad[:, 0], quad[:, 1]
    return float(0.5 * np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))


def is_convex(quad: NDArray[np.float64]) -> bool:
    """Whether every corner turns the same way and none is flat."""
    side = np.roll(quad, -1, axis=0) - quad
    after = np.roll(side, -1, axis=0)
    turn = side[:, 0] * after[:, 1] - side[:, 1] * after[:, 0]
    return bool((turn > 1e-9).all() or (turn < -1e-9).all())


def sides(quad: NDArray[np.float64]) -> tuple[float, float]:
    """(length, height) in pixels: the longer of the two sides along the text, and of the two across it."""
    lengths = np.linalg.norm(np.roll(quad, -1, axis=0) - quad, axis=1)
    return float(max(lengths[0], lengths[2])), float(max(lengths[1], lengths[3]))


def inside(quad: NDArray[np.float64], width: int, height: int) -> float:
    """The share of the quad's area that lies in a picture of this size, 0 to 1."""
    frame = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    shape = quad.astype(np.float32)
    common, _ = cv2.intersectConvexConvex(shape, frame)
    return float(common) / max(abs(area(quad)), 1e-9)


def window(quad: NDArray[np.float64], width: int, height: int, context: float) -> tuple[int, int, int, int]:
    """(left, top, right, bottom) of the quad's box, wider by `context` times its longer side, within the picture."""
    low, high = quad.min(axis=0), quad.max(axis=0)
    margin = context * float(np.max(high - low))
    left, top = np.floor(low - margin).astype(int)
    right, bottom = np.ceil(high + margin).astype(int) + 1
    return max(left, 0), max(top, 0), min(right, width), min(bottom, height)


def as_tuple(quad: ArrayLike) -> Quad:
    """Four (x, y) pairs of plain floats, to a hundredth of a pixel."""
    points = [(round(float(x), 2), round(float(y), 2)) for x, y in np.asarray(quad)]
    return (points[0], points[1], points[2], points[3])


def _rectangle(points: NDArray[np.float64]) -> NDArray[np.float64]:
    box = cv2.boxPoints(cv2.minAreaRect(points.astype(np.float32))).astype(np.float64)
    if area(box) < 0:
        box = box[::-1]
    start = points[max(1, len(points) // 2 - 1)] - points[0]
    directions = np.roll(box, -1, axis=0) - box
    directions /= np.maximum(np.linalg.norm(directions, axis=1, keepdims=True), 1e-9)
    return np.roll(box, -int(np.argmax(directions @ start)), axis=0)
