"""Compose docs/synthesize.jpg from what `make synthesize` made: four edited photographs above some of the words.

python tools/readme_picture.py
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from str_pipelines.imaging.sheets import fit

CARD = Path("data/08_reporting/synthesis_card")
WIDTH, HEIGHT, GAP, TITLE = 1080, 200, 6, 28


def main() -> None:
    """Photographs at one height side by side, below them the sheet, its lower half beside its upper one."""
    photographs = [cv2.imread(str(path)) for path in sorted((CARD / "photographs").glob("*.png"))]
    row = np.hstack([_padded(fit(picture, 10_000, HEIGHT)) for picture in photographs[:4]])
    words = np.hstack(np.vsplit(cv2.imread(str(CARD / "words.png"))[TITLE:], 2))
    page = np.vstack([fit(row, WIDTH, 10_000), fit(words, WIDTH, 10_000)])
    Path("docs").mkdir(exist_ok=True)
    cv2.imwrite("docs/synthesize.jpg", page, [cv2.IMWRITE_JPEG_QUALITY, 90])


def _padded(picture: np.ndarray) -> np.ndarray:
    return cv2.copyMakeBorder(picture, 0, GAP, 0, GAP, cv2.BORDER_CONSTANT, value=(247, 250, 250))


if __name__ == "__main__":
    main()
