"""Words cut out of photographs that they may stick out of: by an upright rectangle, or laid upright themselves."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.crop import MAX_PIXELS, word_matrix
from str_pipelines.imaging.quads import area, inside, visible
from str_pipelines.records import Refused

Points = NDArray[np.float64]
Pixels = NDArray[np.uint8]
LEAST_AREA = 1.0  # square pixels
EDGE = 1e-6  # of a pixel: what arithmetic adds to a whole number


def cut_axis_aligned(image: Pixels, quad: Points, least: float) -> Pixels:
    """The upright rectangle around a word, from floor to ceiling, as far as the picture goes.

    Args:
        image: (H, W, 3) uint8.
        quad: (4, 2) pixels (x, y), in any order.
        least: share of the rectangle's area that has to be in the picture.

    Returns:
        (h, w, 3), a view of `image`.

    Raises:
        Refused: `polygon_no_area`, `outside_picture` where less of it is inside, `word_too_large` above 4 MP.
    """
    across, down = zip(*quad.tolist(), strict=True)  # NumPy takes longer over four corners
    left, right, top, bottom = min(across), max(across), min(down), max(down)
    whole = (right - left) * (bottom - top)
    _check_area(whole)
    x, y = max(left, 0.0), max(top, 0.0)
    far_x, far_y = min(right, image.shape[1]), min(bottom, image.shape[0])
    _check_share(max(far_x - x, 0) * max(far_y - y, 0) / whole, least)
    return _small_enough(image[math.floor(y) : math.ceil(far_y), math.floor(x) : math.ceil(far_x)])


def cut_perspective(image: Pixels, quad: Points, least: float) -> Pixels:
    """The word laid upright at its own scale, as far as the picture goes.

    The part that is cut out is the rectangle around what is inside; where that is beyond the border all the same, it
    has the pixels of the border.

    Args:
        image: (H, W, 3) uint8.
        quad: (4, 2) pixels (x, y), clockwise from the top left of the text.
        least: share of the quad's area that has to be in the picture.

    Returns:
        (h, w, 3).

    Raises:
        Refused: as `cut_axis_aligned`; `quad_malformed` where the corners do not run clockwise round a convex area.
    """
    height, width = image.shape[:2]
    _check_area(abs(area(quad)))
    matrix, size = word_matrix(quad)
    if quad.min() < 0 or quad[:, 0].max() > width or quad[:, 1].max() > height:
        _check_share(inside(quad, width, height), least)
        part = cv2.perspectiveTransform(visible(quad, width, height)[None], matrix)[0]
        left, top = np.floor(part.min(axis=0) + EDGE)
        right, bottom = np.ceil(part.max(axis=0) - EDGE)
        matrix = np.array([(1, 0, -left), (0, 1, -top), (0, 0, 1)]) @ matrix
        size = max(int(right - left), 1), max(int(bottom - top), 1)
    word = cv2.warpPerspective(image, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(word, np.uint8)


def _check_area(whole: float) -> None:
    if not whole >= LEAST_AREA:
        raise Refused("polygon_no_area", f"{whole:g} square pixels")


def _check_share(share: float, least: float) -> None:
    if not share >= least:
        raise Refused("outside_picture", f"{share:.2f} of the word is inside, {least:g} wanted")


def _small_enough(word: Pixels) -> Pixels:
    if word.shape[0] * word.shape[1] > MAX_PIXELS:
        raise Refused("word_too_large", f"{word.shape[1]}x{word.shape[0]} pixels, the limit is 4 MP")
    return word
