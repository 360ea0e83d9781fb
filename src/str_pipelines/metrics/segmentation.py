"""How well text is told from ground, pixel by pixel: what was found against what is marked."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

OPEN = 255
"""What a pixel is marked with that counts nowhere."""


@dataclass
class Counts:
    """Pixels of text over all pictures so far: found and marked, found alone, marked alone; and the IoU of each
    picture, without those that have no text and in which none is found."""

    both: int = 0
    found: int = 0
    marked: int = 0
    each: list[float] = field(default_factory=list)

    def add(self, found: NDArray[np.uint8], marked: NDArray[np.uint8]) -> float:
        """Count a picture: both (H, W), text is 1, ground 0, `marked` may be OPEN. Returns its IoU, 1 where there is
        no text and none is found.

        Raises:
            ValueError: they are of different shapes.
        """
        if found.shape != marked.shape:
            raise ValueError(f"masks of one shape are wanted, not {found.shape} and {marked.shape}")
        known, there = marked != OPEN, marked == 1
        both = int(np.count_nonzero(there & (found == 1)))
        alone, missed = int(np.count_nonzero(known & (found == 1))) - both, int(np.count_nonzero(there)) - both
        self.both, self.found, self.marked = self.both + both, self.found + alone, self.marked + missed
        if not both + alone + missed:
            return 1.0
        self.each.append(both / (both + alone + missed))
        return self.each[-1]

    def figures(self) -> dict[str, float]:
        """`iou`: of text over the pixels of all pictures, TP / (TP + FP + FN); `iou_a_picture`, the mean of the
        pictures'; `precision` TP / (TP + FP), `recall` TP / (TP + FN), and `f_score`, their harmonic mean
        2 TP / (2 TP + FP + FN), all over the pixels of all pictures. 0 where nothing is counted."""
        either = self.both + self.found + self.marked
        return {
            "iou": self.both / max(either, 1),
            "iou_a_picture": float(np.mean(self.each)) if self.each else 0.0,
            "f_score": 2 * self.both / max(either + self.both, 1),
            "precision": self.both / max(self.both + self.found, 1),
            "recall": self.both / max(self.both + self.marked, 1),
        }
