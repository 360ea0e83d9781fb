"""SynthText's gt.mat or HDF5 file to lines of JSON: a program of its own, as damaged files crash what parses them.

`python -m str_pipelines.sources.gt_rows FILE reject|align` prints a photograph a line, as `rows` has it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from str_pipelines.sources import gt_mat
from str_pipelines.sources.child import MEMORY, answer
from str_pipelines.sources.gt_cells import Row

SIGNATURE = b"\x89HDF\r\n\x1a\n"


def is_hdf5(path: Path) -> bool:
    """Whether a file begins as HDF5 does, and not as gt.mat."""
    with path.open("rb") as file:
        return file.read(len(SIGNATURE)) == SIGNATURE


def rows(path: Path, align: bool = False) -> Iterator[Row]:
    """A row a photograph, of either kind of file; its boxes as text, whose numbers only workers have a use for.

    Raises:
        ValueError: it has another layout.
    """
    if is_hdf5(path):
        from str_pipelines.sources import gt_hdf5

        found = gt_hdf5.rows(path, align)
    else:
        found = gt_mat.rows(path, align)
    return ({**row, "boxes": json.dumps(row["boxes"])} for row in found)


def main() -> int:
    """All rows of the file that the command line names."""
    align = sys.argv[2] == "align"
    return answer(partial(rows, align=align), 2 * MEMORY if align else MEMORY)  # boxes of characters take 2 GiB alone


if __name__ == "__main__":
    sys.exit(main())
