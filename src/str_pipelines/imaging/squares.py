"""The square round a word in which TextSSR paints, its way out of a photograph, and the word's points in it."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


class Square(NamedTuple):
    """Pixels of a photograph, beyond whose border it may reach."""

    left: int
    top: int
    side: int


def square_of(quad: NDArray[np.float64], margin: float = 1.0) -> Square:
    """The square centred on a quad's (4, 2) box, `margin` times as large as the longer side of it."""
    low, high = np.floor(quad.min(axis=0)), np.ceil(quad.max(axis=0))
    side = int(np.ceil(margin * max(high - low)))
    left, top = np.floor((low + high - side) / 2).astype(int)
    return Square(int(left), int(top), side)


def any_square(quad: NDArray[np.float64], margin: float, rng: np.random.Generator) -> Square:
    """As large, with the quad's box anywhere inside: every pixel of it is (TextSSR's loader loses one of half)."""
    low, high = np.floor(quad.min(axis=0)), np.ceil(quad.max(axis=0))
    side = int(np.ceil(margin * max(high - low)))
    left, top = (int(rng.integers(int(last) - side, int(first) + 1)) for first, last in zip(low, high, strict=True))
    return Square(left, top, side)


def cut_square(scene: Pixels, square: Square, resolution: int) -> Pixels:
    """The square of a scene (H, W, 3) at `resolution` pixels a side, the picture continued by reflection."""
    left, top, side = square
    height, width = scene.shape[:2]
    before = max(-left, 0), max(-top, 0)
    after = max(left + side - width, 0), max(top + side - height, 0)
    inner = scene[max(top, 0) : max(top + side, 1), max(left, 0) : max(left + side, 1)]
    whole = cv2.copyMakeBorder(inner, before[1], after[1], before[0], after[0], cv2.BORDER_REFLECT)
    how = cv2.INTER_AREA if side > resolution else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(whole, (resolution, resolution), interpolation=how), np.uint8)


def put_square(scene: Pixels, square: Square, picture: Pixels) -> Pixels:
    """A copy of the scene (H, W, 3) with a picture (R, R, 3) in the place of the square, as far as that is inside."""
    left, top, side = square
    how = cv2.INTER_AREA if side < picture.shape[0] else cv2.INTER_CUBIC
    sized = np.asarray(cv2.resize(picture, (side, side), interpolation=how), np.uint8)
    edited, (height, width) = scene.copy(), scene.shape[:2]
    rows, columns = slice(max(top, 0), min(top + side, height)), slice(max(left, 0), min(left + side, width))
    edited[rows, columns] = sized[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    return edited


def in_square(points: NDArray[np.float64], square: Square, resolution: int) -> NDArray[np.float64]:
    """Points (…, 2) of the photograph in the pixels of the square at this resolution."""
    left, top, side = square
    return np.asarray((points - (left, top)) * (resolution / side), np.float64)
