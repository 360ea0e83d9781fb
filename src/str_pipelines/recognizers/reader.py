"""What a reader is: the one interface behind which every recognizer stands, trained here or elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Reader(Protocol):
    """Reads pictures of single words or lines that are cut out and upright (`imaging.crop`)."""

    digest: str
    """Of everything that changes the readings: name, version, options, weights."""

    turns: bool
    """Whether it turns what is more than 1.5 times as high as wide by itself; else it reads that as it stands."""

    def read(self, images: Sequence[NDArray[np.uint8]]) -> list[tuple[str, float]]:
        """Read each image; what one says does not depend on the others.

        Args:
            images: N of (H, W, 3) uint8 RGB, of any sizes.

        Returns:
            N of (text, confidence in 0…1), in the order of `images`; the text is empty where nothing was seen.

        Raises:
            Refused: an image cannot be read: no pixels, too large, too long.
        """
        ...
