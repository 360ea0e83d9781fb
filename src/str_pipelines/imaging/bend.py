"""Drawings made bolder, lighter, or bent along an arc; the quads of their characters go with them."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.glyphs import Drawing

WIDEST = 0.6  # radians that half of an arc spans at most


def thicken(drawing: Drawing, growth: int) -> Drawing:
    """Strokes wider by `growth` pixels, or thinner where it is negative."""
    if not growth:
        return drawing
    around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (abs(growth) + 1, abs(growth) + 1))
    if growth < 0:
        thinner = cv2.erode(drawing.alpha, around, borderType=cv2.BORDER_CONSTANT, borderValue=0)
        return Drawing(np.asarray(thinner, np.uint8), drawing.boxes)
    room = np.pad(drawing.alpha, growth)
    return Drawing(np.asarray(cv2.dilate(room, around), np.uint8), drawing.boxes + (0, 0, 2 * growth, 2 * growth))


def corners_of(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N, 4, 2) corners, clockwise from the top left, of boxes (N, 4) of left, top, right, bottom."""
    return boxes[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 4, 2)


def bend(
    alpha: NDArray[np.uint8], quads: NDArray[np.float64], rise: float
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """A line of text along an arc.

    Args:
        alpha: (h, w) uint8 coverage.
        quads: (N, 4, 2) pixels in it.
        rise: how far the middle stands above the ends, in heights of the line; below them where it is negative.

    Returns:
        Coverage (H, W) and quads in its pixels.
    """
    h, w = alpha.shape
    angle = min(4 * abs(rise) * h / w, WIDEST)
    if angle < 0.02:
        return alpha, quads
    if rise < 0:  # the same in a mirror
        mirrored, turned = bend(alpha[::-1], _upside_down(quads, h), -rise)
        return np.ascontiguousarray(mirrored[::-1]), _upside_down(turned, mirrored.shape[0])
    radius = max(w / (2 * angle), h)
    angle = w / (2 * radius)
    outer, inner = radius + h / 2, (radius - h / 2) * math.cos(angle)
    half = math.ceil(outer * math.sin(angle))
    y, x = np.mgrid[0 : math.ceil(outer - inner), -half:half].astype(np.float32) + np.float32(0.5)
    depth = np.float32(outer) - y  # above the centre of the arc
    source_x = np.arctan2(x, depth) * np.float32(radius) + np.float32(w / 2 - 0.5)
    source_y = np.float32(outer - 0.5) - np.hypot(x, depth)
    bent = cv2.remap(np.ascontiguousarray(alpha), source_x, source_y, cv2.INTER_LINEAR)
    turn, far = (quads[..., 0] - w / 2) / radius, outer - quads[..., 1]
    return np.asarray(bent, np.uint8), np.stack([half + far * np.sin(turn), outer - far * np.cos(turn)], axis=-1)


def _upside_down(quads: NDArray[np.float64], height: int) -> NDArray[np.float64]:
    return np.stack([quads[..., 0], height - quads[..., 1]], axis=-1)
