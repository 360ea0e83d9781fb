"""SynthText's gt.mat, as it was published, to a row a photograph."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from str_pipelines.sources.gt_cells import Boxes, Row, boxes_of, name_of, row_of, text_of, tried

READERS: dict[str, Callable[[Any], Any]] = {"imnames": name_of, "txt": text_of, "wordBB": boxes_of}
"""Of the cells of each variable."""


def rows(path: Path, align: bool = False) -> Iterator[Row]:
    """A row a photograph: its name, its words, and eight numbers a word, x and y of corners from the text's top left.

    Args:
        align: where there are not as many boxes as words, make them of the boxes of characters.

    Raises:
        ValueError: the file is none that MATLAB would write, or has other variables or shapes.
    """
    names, texts, boxes = (_variable(path, name, read) for name, read in READERS.items())
    if not len(names) == len(texts) == len(boxes):
        raise ValueError(f"{len(names)} names, {len(texts)} texts and {len(boxes)} boxes, a photograph has one of each")
    characters = _characters(path, texts, boxes) if align else [None] * len(names)
    for cells in zip(names, texts, boxes, characters, strict=True):
        yield row_of(*cells)


def _variable(path: Path, name: str, read: Callable[[Any], Any]) -> list[Any]:
    """One variable, loaded alone, as what its cells say, which takes a fraction of their memory."""
    return [tried(read, cell) for cell in _cells(path, name)]


def _characters(path: Path, texts: list[Any], boxes: list[Any]) -> list[Boxes | ValueError | None]:
    """The boxes of characters where they are needed. Raises ValueError where there is not a cell a photograph."""
    cells = _cells(path, "charBB")
    if len(cells) != len(texts):
        raise ValueError(f"{len(texts)} texts and {len(cells)} cells of `charBB`, a photograph has one of each")
    needed = (
        isinstance(text, str) and not isinstance(box, ValueError) and len(text.split()) != len(box)
        for text, box in zip(texts, boxes, strict=True)
    )
    return [tried(boxes_of, cell) if wanted else None for wanted, cell in zip(needed, cells, strict=True)]


def _cells(path: Path, name: str) -> Any:
    from scipy.io import loadmat

    found = loadmat(path, variable_names=[name]).get(name)
    if not isinstance(found, np.ndarray) or found.dtype != object or found.ndim != 2 or 1 not in found.shape:
        raise ValueError(f"`{name}` is no row of cells")
    return found.ravel()
