"""The shape in which a network sees pictures of words: one height, and the nearest of a row of widths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from str_pipelines.imaging.crop import TALL, upright

Resampling = Literal["quick", "exact"]
WIDTHS = (32, 48, 64, 96, 128, 160, 192, 256, 320, 384, 512)
"""Steps of a quarter to a half: no picture is stretched or squeezed by more than 23 % between the first and last."""


@dataclass(frozen=True)
class Shape:
    """Pictures become `height` high and as wide as the nearest of `widths`, by stretching: nothing is padded.

    So what a network makes of one picture does not depend on those beside it in the batch. A single width is the
    fixed shape of PARSeq and CCD: `Shape(32, (128,))`.
    """

    height: int = 32
    widths: tuple[int, ...] = WIDTHS

    def __post_init__(self) -> None:
        if self.height < 1 or not self.widths or min(self.widths) < 1 or list(self.widths) != sorted(set(self.widths)):
            raise ValueError(f"a height and ascending widths in pixels are wanted, not {self.height} and {self.widths}")

    def width_of(self, width: ArrayLike, height: ArrayLike) -> NDArray[np.int64]:
        """The width in pixels that pictures of these sizes get; tall ones are turned before.

        Nearest is by ratio: between 64 and 96 the border is their geometric mean, 78.4.

        Args:
            width, height: pixels, 1 or more, of one shape.
        """
        wide, high = np.asarray(width, np.float64), np.asarray(height, np.float64)
        tall = high > TALL * wide
        natural = self.height * np.where(tall, high, wide) / np.where(tall, wide, high)
        row = np.asarray(self.widths)
        return row[np.searchsorted(np.sqrt(row[1:] * row[:-1]), natural)]

    def fit(
        self, image: NDArray[np.uint8], resampling: Resampling = "quick", width: int | None = None
    ) -> NDArray[np.uint8]:
        """A picture in this shape.

        Args:
            image: (H, W, 3) uint8; a tall one is turned as `imaging.crop.upright` does.
            resampling: `quick`: OpenCV, an average of areas where the picture shrinks to less than half in height,
                bilinear else: for training. `exact`: Pillow's bicubic filter, pixel for pixel what the papers'
                accuracies were taken with, some six times as slow: for evaluation.
            width: in pixels, where it is not to be the nearest.

        Returns:
            (height, width, 3) uint8.
        """
        image = upright(image)
        high, wide = image.shape[:2]
        size = (width or int(self.width_of(wide, high)), self.height)
        if (wide, high) == size:
            return image
        if resampling == "exact":
            return np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BICUBIC))
        way = cv2.INTER_AREA if high > 2 * self.height else cv2.INTER_LINEAR
        return np.asarray(cv2.resize(image, size, interpolation=way), np.uint8)
