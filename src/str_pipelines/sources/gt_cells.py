"""What SynthText says of one photograph, checked cell by cell: a name, words, and boxes of words or of characters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST = 10_000
"""Words of a photograph, and characters of a word."""
MOST_CHARACTERS = 100_000
"""Of a photograph."""
Row = dict[str, Any]
Boxes = NDArray[np.float64] | NDArray[np.float32]
NOWHERE = {"offset": -1, "height": 0, "width": 0}
"""Of a photograph that is a file of its own; others lie somewhere in the file that lists them."""


def row_of(
    image: str | ValueError,
    text: str | ValueError,
    boxes: Boxes | ValueError,
    characters: Boxes | ValueError | None = None,
) -> Row:
    """`image`, `words`, `boxes` (8 numbers a word); `fault` and `detail` where it cannot be used, and then no words.

    Args:
        image, text: a name, and words with a blank between.
        boxes: (N, 4, 2) of words.
        characters: (C, 4, 2) of characters, by which words get other boxes where there are not N of them.
    """
    name = "" if isinstance(image, ValueError) else image
    for part in (image, text, boxes):
        if isinstance(part, ValueError):
            return refused(name, *part.args)
    words, corners = str(text).split(), np.asarray(boxes)
    if len(words) != len(corners) and isinstance(characters, np.ndarray):
        corners = boxes_by_characters(words, characters)
    if len(words) != len(corners):
        return refused(name, "words_and_boxes_differ", f"{len(words)} words, {len(corners)} boxes")
    return {"image": name, "words": words, "boxes": corners.ravel().tolist(), "fault": "", "detail": "", **NOWHERE}


def refused(image: str, fault: str, detail: str = "") -> Row:
    """The row of a photograph that cannot be used."""
    return {"image": image, "words": [], "boxes": [], "fault": fault, "detail": detail, **NOWHERE}


def tried(read: Callable[[Any], Any], cell: Any) -> Any:
    """What a cell says, or the error that it cannot be read with."""
    try:
        return read(cell)
    except ValueError as error:
        return error


def name_of(cell: Any) -> str:
    """The one text in a cell.

    Raises:
        ValueError: reason and detail.
    """
    is_text = isinstance(cell, np.ndarray) and cell.dtype.kind == "U" and cell.size == 1
    name = str(cell.item()) if is_text and cell.dtype.itemsize <= 4 * MOST else ""
    if not name or not name.isprintable():
        raise ValueError("name_malformed", "a text that can be a name is wanted")
    return name


def text_of(cell: Any) -> str:
    """What blanks of any kind separate in the rows of a character matrix, with a blank between.

    Raises:
        ValueError: reason and detail.
    """
    if not isinstance(cell, np.ndarray) or cell.dtype.kind != "U":
        raise ValueError("txt_malformed", "characters are wanted")
    words = " ".join(map(str, cell.ravel())).split()
    if len(words) > MOST or any(len(word) > MOST for word in words):
        raise ValueError("txt_malformed", f"more than {MOST} words, or characters of one")
    if not all(word.isprintable() for word in words):
        raise ValueError("txt_malformed", f"control characters: {next(w for w in words if not w.isprintable())!a}")
    return " ".join(words)


def boxes_of(cell: Any) -> Boxes:
    """(N, 4, 2) of 2 x 4 x N, or of 2 x 4, which is how MATLAB writes a single one.

    Raises:
        ValueError: reason and detail.
    """
    if not isinstance(cell, np.ndarray) or cell.dtype.kind not in "fiu":
        raise ValueError("boxes_malformed", "numbers are wanted")
    boxes = cell[..., None] if cell.ndim == 2 else cell
    if boxes.ndim != 3 or boxes.shape[:2] != (2, 4) or boxes.shape[2] > MOST_CHARACTERS:
        raise ValueError("boxes_malformed", f"2 x 4 x N are wanted, not {' x '.join(map(str, cell.shape))}")
    if not np.isfinite(boxes).all():
        raise ValueError("boxes_malformed", "NaN or infinity")
    corners = boxes.transpose(2, 1, 0)
    return corners.astype(np.float64) if boxes.dtype.itemsize > 4 else corners.astype(np.float32)


def boxes_by_characters(words: Sequence[str], characters: Boxes) -> Boxes:
    """(N, 4, 2): around the characters of each word, as many as it has; none where they are not as many together.

    A word has the smallest rectangle around its characters, which is what SynthText itself makes of them, with the
    corner first that is nearest to where its first character begins.
    """
    ends = [0, *accumulate(map(len, words))]
    if not words or ends[-1] != len(characters):
        return np.zeros((0, 4, 2), np.float32)
    return np.array([_around(characters[start:end]) for start, end in pairwise(ends)], np.float32)


def _around(characters: Boxes) -> Boxes:
    import cv2

    first, last = characters[0], characters[-1]
    wanted = np.stack([first[0], last[1], last[2], first[3]])
    box = cv2.boxPoints(cv2.minAreaRect(characters.reshape(-1, 2).astype(np.float32)))
    orders = [np.roll(way, step, axis=0) for way in (box, box[::-1]) for step in range(4)]
    nearest = min(orders, key=lambda corners: float(np.linalg.norm(corners - wanted, axis=1).sum()))
    return np.asarray(nearest, np.float32)
