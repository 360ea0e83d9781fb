"""Which of the two groups of a picture's pixels is its text? Told from their shapes, and never from their names.

CCD's rule asks on how many of the four borders the group called 1 prevails; where that is two, chance decides. Here
every piece of evidence compares the two groups, so that a negative has the same text as its picture:

- the ground lies along the border;
- the ground has places in which no stroke fits, a quarter of the height wide and high;
- unless what lies along the border is the frame of a plate: thin, closed, with the other group all over its inside.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.uint8]

BORDER = 7.0
"""What a border that is all of one group weighs, beside the logarithm of how much more room there is in one than in the
other. Fitted to rendered words and to 138 real ones; from 3 to 14 the figures hardly change."""
STROKE = 4  # strokes are thinner than this part of the height
LEAST = 0.003  # of the pixels: less room than that is none
FRAME = 0.6  # of the pixels: what covers more is no frame
CLEAR = 0.8  # lead along the border: a group that has it, and covers more than a frame, needs no more evidence
SOLID, FILLS, PLATE = 0.85, 0.3, (0.5, 0.98)
"""What a frame encloses, of its bounding box; this box, of the picture; the plate without its text, of the box."""

_THIN = np.ones((3, 3), np.uint8)


def evidence(light: Flags) -> float:
    """Above 0 where the lighter pixels are the ground and the text is dark, below 0 where the text is light.

    Args:
        light: (H, W) uint8, 1 where a pixel belongs to the lighter group, else 0.
    """
    along, share = 2 * _along_border(light) - 1, cv2.countNonZero(light) / light.size
    if along and (share if along > 0 else 1 - share) < FRAME:
        if is_plate(1 - light if along > 0 else light):
            return -math.copysign(BORDER, along)
    elif abs(along) > CLEAR:
        return BORDER * along
    return BORDER * along + _room(light)


def text_of(light: Flags) -> tuple[Flags, float]:
    """(H, W) uint8, 1 where text is, and how sure that is: half at 0, all at 1, as far as one can tell from shapes."""
    found = evidence(light)
    text = light if found < 0 else 1 - light
    return text, 1 / (1 + math.exp(-abs(found)))


def is_plate(inner: Flags) -> bool:
    """Whether pixels (H, W), 1 or 0, are a plate with text on it: what the others enclose from outside is a rectangle.

    Letters and what they enclose are none: between them the outside reaches in. That the others prevail along the
    border is for the caller to see.
    """
    filled = cv2.copyMakeBorder(inner, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    cv2.floodFill(filled, None, (0, 0), 2, flags=8)
    enclosed = cv2.erode((filled != 2).view(np.uint8), _THIN)  # without the crumbs along the frame
    area = cv2.countNonZero(enclosed)
    if not area:
        return False
    x, y, width, height = cv2.boundingRect(enclosed)
    box = width * height
    plate = cv2.countNonZero(filled[y : y + height, x : x + width] & 1) / box
    return bool(area > SOLID * box and box > FILLS * inner.size and PLATE[0] < plate < PLATE[1])


def _along_border(light: Flags) -> float:
    """The share of the lighter group along the four sides; their bytes are counted, which is quicker than by OpenCV."""
    sides = light[0].tobytes() + light[-1].tobytes() + light[:, 0].tobytes() + light[:, -1].tobytes()
    return float(sides.count(1) / len(sides))


def _room(light: Flags) -> float:
    """Logarithm of how many more squares, each as wide as no stroke is, lie in the lighter group than in the darker."""
    side = max(2, round(light.shape[0] / STROKE))
    lights = cv2.boxFilter(light, cv2.CV_16U, (side, side), normalize=False, borderType=cv2.BORDER_REPLICATE)
    bright, dark = np.count_nonzero(lights == side * side), light.size - cv2.countNonZero(lights)
    return math.log((bright / light.size + LEAST) / (dark / light.size + LEAST))
