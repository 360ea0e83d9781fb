"""Pictures bent out of shape. The canvas grows with what is on it, unless a docstring says otherwise."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

Picture = NDArray[np.uint8]
"""(H, W, 3) uint8."""
GREY = (128, 128, 128)
EXTEND = cv2.BORDER_REPLICATE


def project(image: Picture, corners: ArrayLike, border: int = EXTEND, resampling: int = cv2.INTER_LINEAR) -> Picture:
    """The picture with its corners, clockwise from the top left, moved to `corners` (4, 2) in pixels (x, y).

    The canvas is the smallest that holds them, but 2 pixels a side at least; beyond the picture its edge goes on, or
    all is grey where `border` is `cv2.BORDER_CONSTANT`.
    """
    target = np.asarray(corners, np.float32)
    target = target - target.min(axis=0)
    width, height = np.maximum(np.ceil(target.max(axis=0)), 2).astype(int).tolist()
    matrix = cv2.getPerspectiveTransform(_corners(image).astype(np.float32), target)
    return np.asarray(
        cv2.warpPerspective(image, matrix, (width, height), flags=resampling, borderMode=border, borderValue=GREY),
        np.uint8,
    )


def linear(image: Picture, matrix: ArrayLike, border: int = EXTEND, resampling: int = cv2.INTER_LINEAR) -> Picture:
    """The picture under a (2, 2) matrix on (x, y): turned, scaled, sheared."""
    return project(image, _corners(image) @ np.asarray(matrix, np.float64).T, border, resampling)


def turned(degrees: float) -> NDArray[np.float64]:
    """(2, 2): a rotation, clockwise to the eye, for y points down."""
    angle = np.radians(degrees)
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def sheared(x: float, y: float) -> NDArray[np.float64]:
    """(2, 2): each row moved by `x` times its height, each column by `y` times its place."""
    return np.array([[1, x], [y, 1]])


def slide(image: Picture, matrix: Sequence[Sequence[float]]) -> Picture:
    """The picture through a window of its own size: pixel (x, y) is taken from `matrix` (2, 3) times (x, y, 1).

    What slides out of the window is lost, and what was never in the picture is grey, as in RandAugment.
    """
    given, size = np.asarray(matrix, np.float64), (image.shape[1], image.shape[0])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    moved = cv2.warpAffine(image, given, size, flags=flags, borderMode=cv2.BORDER_CONSTANT, borderValue=GREY)
    return np.asarray(moved, np.uint8)


def bow(image: Picture, bend: float) -> Picture:
    """The picture on an arc: its middle `bend` of its height below its ends; negative: above."""
    along = np.linspace(-1, 1, image.shape[1])
    return _lowered(image, bend * image.shape[0] * (1 - along**2))


def wave(image: Picture, bend: float, waves: float, phase: float) -> Picture:
    """The picture on a wave `bend` of its height high, with so many `waves` in its length."""
    along = np.linspace(0, 2 * np.pi * waves, image.shape[1])
    return _lowered(image, bend * image.shape[0] * np.sin(along + phase))


def crowd(image: Picture, amount: float) -> Picture:
    """The picture with its left part stretched and its right one squeezed by `amount`, -1 … 1; the size stays."""
    height, width = image.shape[:2]
    along = np.linspace(0, 1, width)
    place = (along - amount * along * (1 - along) * 0.9) * (width - 1)
    return _remapped(image, np.broadcast_to(place, (height, width)), np.arange(height)[:, None])


def _lowered(image: Picture, by: NDArray[np.float64]) -> Picture:
    """Column x lowered by `by[x]` pixels, whatever their sign."""
    by = by - by.min()
    rows = np.arange(image.shape[0] + int(np.ceil(by.max())))[:, None]
    return _remapped(image, np.arange(image.shape[1]), rows - by)


def _remapped(image: Picture, x: ArrayLike, y: ArrayLike) -> Picture:
    columns, rows = np.broadcast_arrays(np.asarray(x, np.float32), np.asarray(y, np.float32))
    maps = (np.ascontiguousarray(columns), np.ascontiguousarray(rows))
    return np.asarray(cv2.remap(image, *maps, cv2.INTER_LINEAR, borderMode=EXTEND), np.uint8)


def _corners(image: Picture) -> NDArray[np.float64]:
    height, width = image.shape[:2]
    return np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64)


def thicken(image: Picture, share: float, light: bool) -> Picture:
    """Light parts grow, or dark ones, by `share` of the height: strokes of another weight."""
    size = max(2, round(share * image.shape[0]))
    grow = cv2.dilate if light else cv2.erode
    return np.asarray(grow(image, np.ones((size, size), np.uint8)), np.uint8)
