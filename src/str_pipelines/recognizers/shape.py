"""The shape in which a network sees pictures of words: one height, and the nearest of a row of widths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from str_pipelines.imaging.crop import TALL, upright

Resampling = Literal["quick", "exact", "bilinear"]
WIDTHS = (32, 48, 64, 96, 128, 160, 192, 256, 320, 384, 512)
"""Steps of a quarter to a half: no picture is stretched or squeezed by more than 23 % between the first and last."""


@dataclass(frozen=True)
class Shape:
    """Pictures become `height` high and as wide as the nearest of `widths`, by stretching: nothing is padded.

    So what a network makes of one picture does not depend on those beside it in the batch. A single width is the
    fixed shape of PARSeq and CCD: `Shape(32, (128,))`.

    `turn`: what is more than 1.5 times as high as wide is turned before. `resampling` is how a trained reader stretches
    what it reads; while it learns, `fit` is quick.
    """

    height: int = 32
    widths: tuple[int, ...] = WIDTHS
    resampling: Resampling = "exact"
    turn: bool = True

    def __post_init__(self) -> None:
        if self.height < 1 or not self.widths or min(self.widths) < 1 or list(self.widths) != sorted(set(self.widths)):
            raise ValueError(f"a height and ascending widths in pixels are wanted, not {self.height} and {self.widths}")
        if self.resampling not in get_args(Resampling):
            raise ValueError(f"resampling is {', '.join(get_args(Resampling))}, not {self.resampling!r}")

    def width_of(self, width: ArrayLike, height: ArrayLike) -> NDArray[np.int64]:
        """The width in pixels that pictures of these sizes get; tall ones are turned before, if at all.

        Nearest is by ratio: between 64 and 96 the border is their geometric mean, 78.4.

        Args:
            width, height: pixels, 1 or more, of one shape.
        """
        wide, high = np.asarray(width, np.float64), np.asarray(height, np.float64)
        tall = self.turn & (high > TALL * wide)
        return self.nearest(self.height * np.where(tall, high, wide) / np.where(tall, wide, high))

    def nearest(self, widths: ArrayLike) -> NDArray[np.int64]:
        """The nearest of its widths, by ratio, to each of these in pixels."""
        row = np.asarray(self.widths)
        return row[np.searchsorted(np.sqrt(row[1:] * row[:-1]), widths)]

    def fit(self, image: NDArray[np.uint8], resampling: Resampling = "quick") -> NDArray[np.uint8]:
        """A picture (H, W, 3) uint8 in this shape: turned where it is tall, then `stretch`ed to the nearest width."""
        image = upright(image) if self.turn else image
        return stretch(image, int(self.width_of(image.shape[1], image.shape[0])), self.height, resampling)


def stretch(image: NDArray[np.uint8], width: int, height: int, resampling: Resampling = "quick") -> NDArray[np.uint8]:
    """A picture (H, W, 3) uint8 at another size, as (height, width, 3).

    Args:
        resampling: `quick`: OpenCV, the average over areas where the height shrinks to less than half, bilinear else:
            for training. `exact`: Pillow's bicubic filter, pixel for pixel that of PARSeq's accuracies: for evaluation.
            `bilinear`: OpenCV's, which skips pixels of what shrinks: that of CCD's published accuracies.
    """
    if image.shape[:2] == (height, width):
        return image
    if resampling == "exact":
        return np.asarray(Image.fromarray(image).resize((width, height), Image.Resampling.BICUBIC))
    way = cv2.INTER_AREA if resampling == "quick" and image.shape[0] > 2 * height else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (width, height), interpolation=way), np.uint8)
