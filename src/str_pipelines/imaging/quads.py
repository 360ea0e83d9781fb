"""Polygons of annotators to quads in the order of reading, and the geometry that goes with them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from str_pipelines.records import Quad, Refused

MIN_AREA = 16.0  # square pixels
FARTHEST = 1e6  # pixels: no photograph has a point beyond it
COVERED = 0.75  # of a polygon's area that the quad through the ends of its chains has to take

Points = NDArray[np.float64]


def quad_of(polygon: Sequence[tuple[float, float]]) -> Points:
    """The quad (4, 2) of a polygon given in the order of reading, clockwise from the top left of the text.

    Four points are taken as they are. An even number of more is a top chain and a bottom chain, whose ends are the
    corners. What runs counter-clockwise is listed down its left side first: its first corner stays. What gives no
    convex quad that way, or one that misses a quarter of the polygon, becomes the smallest rectangle around it, turned
    so that its first side runs as the polygon begins: an annotator's order says which way the text reads, a rectangle
    alone does not (TextSSR's loader loses it in 7 % of IC15 and 13 % of ShopSign).

    Raises:
        Refused: `polygon_too_short` (fewer than 3 points), `polygon_not_finite` (also beyond a million pixels),
            `polygon_no_area` (under 16 square pixels).
    """
    points = np.asarray(polygon, np.float64).reshape(-1, 2)
    if len(points) < 3:
        raise Refused("polygon_too_short", f"{len(points)} points")
    if not (np.abs(points) <= FARTHEST).all():
        raise Refused("polygon_not_finite", "a coordinate is NaN, infinite or beyond a million pixels")
    backwards = np.roll(points[::-1], 1, axis=0)
    needed = max(MIN_AREA, COVERED * abs(area(points)))
    quads = (_chain_ends(order) for order in (points, backwards) if len(points) % 2 == 0)
    quad = next((quad for quad in quads if is_convex(quad) and area(quad) >= needed), None)
    return _rectangle(points, backwards) if quad is None else quad


def area(polygon: Points) -> float:
    """Signed area in square pixels: positive where the corners run clockwise on the screen."""
    x, y = (polygon - polygon[0]).T
    return float(0.5 * np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))


def is_convex(quad: Points) -> bool:
    """Whether every corner turns the same way and none is flat."""
    side = np.roll(quad, -1, axis=0) - quad
    after = np.roll(side, -1, axis=0)
    turn = side[:, 0] * after[:, 1] - side[:, 1] * after[:, 0]
    return bool((turn > 1e-9).all() or (turn < -1e-9).all())


def sides(quad: Points) -> tuple[float, float]:
    """(length, height) in pixels: the longer of the two sides along the text, and of the two across it."""
    first, second, third, fourth = quad.tolist()
    along, across = (
        (math.dist(first, second), math.dist(third, fourth)),
        (math.dist(second, third), math.dist(fourth, first)),
    )
    return max(along), max(across)


def inside(quad: Points, width: int, height: int) -> float:
    """The share of a convex quad's area that lies in a picture of this size, 0 to 1."""
    part = visible(quad, width, height)
    return area(part) / area(quad) if len(part) > 2 else 0.0


def visible(quad: Points, width: int, height: int) -> Points:
    """The part (n, 2) of a convex quad that lies in a picture of this size; no points where there is none."""
    part = quad
    for axis, limit, sign in ((0, 0, 1), (0, width, -1), (1, 0, 1), (1, height, -1)):
        part = _clipped(part, sign * (part[:, axis] - limit))  # cv2.intersectConvexConvex may be off by a tenth
    return part


def as_tuple(quad: ArrayLike) -> Quad:
    """Four (x, y) pairs of plain floats, to a hundredth of a pixel."""
    points = [(round(float(x), 2), round(float(y), 2)) for x, y in np.asarray(quad)]
    return (points[0], points[1], points[2], points[3])


def _chain_ends(points: Points) -> Points:
    half = len(points) // 2
    return points[[0, half - 1, half, -1]]


def _clipped(points: Points, depth: NDArray[np.float64]) -> Points:
    """The part of a convex polygon in which `depth`, known at its corners and linear in between, is not negative."""
    kept = []
    for i, (point, here) in enumerate(zip(points, depth, strict=True)):
        before, there = points[i - 1], depth[i - 1]
        if (here >= 0) != (there >= 0):
            kept.append(before + (point - before) * there / (there - here))
        if here >= 0:
            kept.append(point)
    return np.array(kept).reshape(-1, 2)


def _rectangle(points: Points, backwards: Points) -> Points:
    """The smallest rectangle around the points, its first corner where they begin to be read."""
    box = cv2.boxPoints(cv2.minAreaRect(points.astype(np.float32))).astype(np.float64)
    if area(box) < 0:
        box = box[::-1]
    if area(box) < MIN_AREA:
        raise Refused("polygon_no_area", f"{area(box):.1f} square pixels")
    ordered = backwards if area(points) < -area(box) / 2 else points  # a crossed outline goes neither way round
    start = ordered[max(1, len(points) // 2 - 1)] - ordered[0]
    directions = np.roll(box, -1, axis=0) - box
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    return np.roll(box, -int(np.argmax(directions @ start)), axis=0)
