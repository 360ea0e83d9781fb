"""Words cut out of photographs: an annotated quad becomes an upright rectangle at source scale."""

from __future__ import annotations

import math
from itertools import chain

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from str_pipelines.records import Refused

MAX_PIXELS = 4_000_000
TALL = 1.5  # height over width above which a word is turned
MAX_SIDE = 32_767  # pixels: OpenCV before 5 addresses sides with 16 bits


def word_size(quad: ArrayLike) -> tuple[int, int]:
    """(width, height) in pixels of a word once rectified: the longer of opposite sides, cut to integers, at least 2.

    Args:
        quad: (4, 2) pixels (x, y), clockwise from the top left of the text.

    Raises:
        Refused: `quad_malformed` where the corners do not run clockwise round a convex area;
            `word_too_large` above 4 MP or with a side above 32,767 pixels.
    """
    first, second, third, fourth = _clockwise(quad)
    width = max(math.dist(first, second), math.dist(third, fourth), 2.0)
    height = max(math.dist(second, third), math.dist(fourth, first), 2.0)
    if max(width, height) > MAX_SIDE or int(width) * int(height) > MAX_PIXELS:
        raise Refused("word_too_large", f"{width:.0f}x{height:.0f} pixels, the limit is 4 MP and {MAX_SIDE} a side")
    return int(width), int(height)


def word_matrix(quad: ArrayLike) -> tuple[NDArray[np.float64], tuple[int, int]]:
    """(3, 3) from an image to the upright rectangle of a quad in it, and the (width, height) of that.

    Raises:
        Refused: as `word_size`.
    """
    width, height = word_size(quad)
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    return np.asarray(cv2.getPerspectiveTransform(np.asarray(quad, np.float32), corners)), (width, height)


def rectify(image: NDArray[np.uint8], quad: ArrayLike) -> NDArray[np.uint8]:
    """The word inside `quad` as an upright rectangle: perspective, bicubic, the image's edge replicated beyond it.

    The corners p0…p3 land on (0, 0), (w, 0), (w, h), (0, h), so an axis-aligned integer quad gives the plain slice.

    Args:
        image: (H, W, 3) uint8; it is not changed. Best contiguous: OpenCV copies any other, whole, for every word.
        quad: (4, 2) pixels (x, y) of `image`, clockwise from the top left of the text; it may stick out of the image.

    Returns:
        (h, w, 3) uint8 with (w, h) = `word_size(quad)`.

    Raises:
        Refused: as `word_size`; `image_too_large` where a side of the image is above 32,767 pixels.
    """
    to_word, size = word_matrix(quad)
    if max(image.shape[:2]) > MAX_SIDE:
        raise Refused("image_too_large", f"{image.shape[1]}x{image.shape[0]}, the limit is {MAX_SIDE} pixels a side")
    word = cv2.warpPerspective(image, to_word, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(word, np.uint8)


def upright(word: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A word as a reader wants it: turned 90° counter-clockwise where it is more than 1.5 times as high as wide.

    Args:
        word: (h, w, 3) uint8.

    Returns:
        (h, w, 3), the same array, or (w, h, 3), a contiguous copy.
    """
    height, width = word.shape[:2]
    return np.ascontiguousarray(np.rot90(word)) if height > TALL * width else word


def upright_points(points: ArrayLike, quad: ArrayLike) -> NDArray[np.float64]:
    """Points (…, 2) of an image in the pixels of `upright(rectify(image, quad))`.

    Raises:
        Refused: as `word_size`.
    """
    to_word, (width, height) = word_matrix(quad)
    given = np.asarray(points, np.float64)
    moved = np.concatenate([given, np.ones((*given.shape[:-1], 1))], axis=-1) @ to_word.T
    x, y = np.moveaxis(moved[..., :2] / moved[..., 2:], -1, 0)
    return np.stack((y, width - x) if height > TALL * width else (x, y), axis=-1)


def _clockwise(quad: ArrayLike) -> list[list[float]]:
    """Four corners (x, y), refused unless finite and strictly convex in clockwise order (y points down)."""
    given = np.asarray(quad, np.float64)
    corners: list[list[float]] = given.tolist()
    if given.shape != (4, 2) or not all(map(math.isfinite, chain.from_iterable(corners))):
        raise Refused("quad_malformed", f"four finite corners (x, y) are needed, not {corners}")
    for (ax, ay), (bx, by), (cx, cy) in zip(corners, corners[1:] + corners[:1], corners[2:] + corners[:2], strict=True):
        if not (bx - ax) * (cy - by) > (by - ay) * (cx - bx):
            raise Refused("quad_malformed", f"corners must run clockwise round a convex area: {corners}")
    return corners
