"""Total-Text's `*gt_*.mat` to lines of JSON, a word a line: a program of its own, as `gt_mat` is, for a whole folder.

`python -m str_pipelines.sources.published.total_text_mat FOLDER` prints `{"file", "place", "x", "y", "label",
"fault"}`, and one with place -1 before each file, so that it is known at which the parser ends. A file holds `polygt`,
a row a word: "x:", x, "y:", y, the text, its orientation.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from str_pipelines.sources.child import answer
from str_pipelines.sources.published.entry import listed_files

VARIABLES = ("polygt", "gt")
FILE_BYTES = 4 << 20
MOST = 1000  # points, and characters
PATTERN = "*gt_*.mat"


def rows(folder: Path) -> Iterator[dict[str, Any]]:
    """The rows of all files; one that cannot be read is a row with a `fault`."""
    for file in listed_files(folder, PATTERN):
        yield row(file)
        try:
            yield from _words(file)
        except Exception as error:  # noqa: BLE001 (whatever a damaged file makes the parser raise)
            yield row(file, fault="listing_unreadable", label=f"{type(error).__name__}: {error}"[:300])


def row(file: Path, place: int = -1, fault: str = "", label: str = "", **points: list[float]) -> dict[str, Any]:
    """What a line says; with a fault, `label` says more of that."""
    return {"file": file.name, "place": place, "x": [], "y": [], "label": label, "fault": fault, **points}


def _words(file: Path) -> Iterator[dict[str, Any]]:
    from scipy.io import loadmat

    if file.stat().st_size > FILE_BYTES:
        raise ValueError(f"more than {FILE_BYTES} bytes")
    variables = loadmat(file, variable_names=VARIABLES)
    found = next((variables[name] for name in VARIABLES if name in variables), None)
    if not isinstance(found, np.ndarray) or found.dtype != object or found.ndim != 2 or found.shape[1] < 5:
        raise ValueError("`polygt` is no table of cells with x, y and text")
    for place, cells in enumerate(found):
        try:
            yield row(file, place, label=_text(cells[4]), x=_numbers(cells[1]), y=_numbers(cells[3]))
        except ValueError as error:
            yield row(file, place, "record_malformed", str(error))


def _text(cell: Any) -> str:
    """The text in a cell without the blanks around it; MATLAB's empty one has no characters at all."""
    if not isinstance(cell, np.ndarray) or (cell.size and cell.dtype.kind != "U") or cell.size > 1:
        raise ValueError("a text is wanted")
    if cell.dtype.itemsize > 4 * MOST:
        raise ValueError(f"a text of more than {MOST} characters")
    return str(cell.item()).strip() if cell.size else ""


def _numbers(cell: Any) -> list[float]:
    if not isinstance(cell, np.ndarray) or cell.dtype.kind not in "fiu" or cell.size > MOST:
        raise ValueError("up to 1,000 numbers are wanted")
    numbers: list[float] = cell.ravel().astype(float).tolist()
    return numbers


def main() -> int:
    """All rows of the folder that the command line names."""
    return answer(rows)


if __name__ == "__main__":
    sys.exit(main())
