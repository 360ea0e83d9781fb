"""SynthText's gt.mat to lines of JSON, a photograph a line: a program of its own, as damaged files crash the parser.

`python -m str_pipelines.sources.gt_mat FILE` prints `{"image", "words", "boxes", "fault", "detail"}`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from str_pipelines.sources.child import answer

MOST = 10_000
"""Words of a photograph, and characters of a word."""
Row = dict[str, Any]
Boxes = NDArray[np.float64] | NDArray[np.float32]


def rows(path: Path) -> Iterator[Row]:
    """A row a photograph: its name, its words, and eight numbers a word, x and y of corners from the text's top left.

    `fault` says why a photograph cannot be used, and then there are no words.

    Raises:
        ValueError: the file is none that MATLAB would write, or has other variables or shapes.
    """
    names, texts, boxes = (_variable(path, name, read) for name, read in READERS.items())
    if not len(names) == len(texts) == len(boxes):
        raise ValueError(f"{len(names)} names, {len(texts)} texts and {len(boxes)} boxes, a photograph has one of each")
    for cells in zip(names, texts, boxes, strict=True):
        yield _row(*cells)


def _variable(path: Path, name: str, read: Callable[[Any], Any]) -> list[Any]:
    """One variable, loaded alone, as what its cells say, which takes a fraction of their memory."""
    from scipy.io import loadmat

    found = loadmat(path, variable_names=[name]).get(name)
    if not isinstance(found, np.ndarray) or found.dtype != object or found.ndim != 2 or 1 not in found.shape:
        raise ValueError(f"`{name}` is no row of cells")
    return [_tried(read, cell) for cell in found.ravel()]


def _tried(read: Callable[[Any], Any], cell: Any) -> Any:
    """What a cell says, or the error that it cannot be read with."""
    try:
        return read(cell)
    except ValueError as error:
        return error


def _row(image: str | ValueError, text: str | ValueError, boxes: Boxes | ValueError) -> Row:
    name = "" if isinstance(image, ValueError) else image
    for part in (image, text, boxes):
        if isinstance(part, ValueError):
            return _refused(name, *part.args)
    words, corners = str(text).split(), np.asarray(boxes)
    if len(words) != len(corners):
        return _refused(name, "words_and_boxes_differ", f"{len(words)} words, {len(corners)} boxes")
    return {"image": name, "words": words, "boxes": corners.ravel().tolist(), "fault": "", "detail": ""}


def _refused(image: str, fault: str, detail: str = "") -> Row:
    return {"image": image, "words": [], "boxes": [], "fault": fault, "detail": detail}


def _name(cell: Any) -> str:
    """The one text in a cell."""
    is_text = isinstance(cell, np.ndarray) and cell.dtype.kind == "U" and cell.size == 1
    name = str(cell.item()) if is_text and cell.dtype.itemsize <= 4 * MOST else ""
    if not name or not name.isprintable():
        raise ValueError("name_malformed", "a text that can be a name is wanted")
    return name


def _text(cell: Any) -> str:
    """What blanks of any kind separate in the rows of a character matrix, with a blank between."""
    if not isinstance(cell, np.ndarray) or cell.dtype.kind != "U":
        raise ValueError("txt_malformed", "characters are wanted")
    words = " ".join(map(str, cell.ravel())).split()
    if len(words) > MOST or any(len(word) > MOST for word in words):
        raise ValueError("txt_malformed", f"more than {MOST} words, or characters of one")
    if not all(word.isprintable() for word in words):
        raise ValueError("txt_malformed", f"control characters: {next(w for w in words if not w.isprintable())!a}")
    return " ".join(words)


def _boxes(cell: Any) -> Boxes:
    """(N, 4, 2) of 2 x 4 x N, or of 2 x 4, which is how MATLAB writes a single one."""
    if not isinstance(cell, np.ndarray) or cell.dtype.kind not in "fiu":
        raise ValueError("boxes_malformed", "numbers are wanted")
    boxes = cell[..., None] if cell.ndim == 2 else cell
    if boxes.ndim != 3 or boxes.shape[:2] != (2, 4):
        raise ValueError("boxes_malformed", f"2 x 4 x N are wanted, not {' x '.join(map(str, cell.shape))}")
    if not np.isfinite(boxes).all():
        raise ValueError("boxes_malformed", "NaN or infinity")
    corners = boxes.transpose(2, 1, 0)
    return corners.astype(np.float64) if boxes.dtype.itemsize > 4 else corners.astype(np.float32)


READERS: dict[str, Callable[[Any], Any]] = {"imnames": _name, "txt": _text, "wordBB": _boxes}
"""Of the cells of each variable."""


def main() -> int:
    """All rows of the file that the command line names."""
    return answer(rows)


if __name__ == "__main__":
    sys.exit(main())
