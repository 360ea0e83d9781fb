"""IIIT5K's testdata.mat or traindata.mat to lines of JSON, a word a line: a program of its own, as `gt_mat` is.

`python -m str_pipelines.sources.published.iiit5k_mat FILE` prints `{"place", "picture", "label", "fault", "detail"}`.
The file holds a row of structures: name of the picture, label, a lexicon of 50 and one of 1,000 words.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from str_pipelines.sources.child import answer

LONGEST = 1000  # characters


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """A row a word, in the order of the file.

    Raises:
        ValueError: the file is none that MATLAB would write, or has another variable.
    """
    from scipy.io import loadmat

    name = path.stem
    found = loadmat(path, variable_names=[name]).get(name)
    if not isinstance(found, np.ndarray) or found.dtype.names is None or len(found.dtype.names) < 2:
        raise ValueError(f"`{name}` is no row of structures of picture and label")
    picture, label = found.dtype.names[:2]
    for place, word in enumerate(found.ravel()):
        try:
            said = {"picture": text_of(word[picture]), "label": text_of(word[label])}
            yield {"place": place, **said, "fault": "", "detail": ""}
        except ValueError as error:
            yield {"place": place, "picture": "", "label": "", "fault": "record_malformed", "detail": str(error)}


def text_of(cell: Any) -> str:
    """The one text in a cell.

    Raises:
        ValueError: there is none, or it is endless.
    """
    is_text = isinstance(cell, np.ndarray) and cell.dtype.kind == "U" and cell.size == 1
    text = str(cell.item()) if is_text and cell.dtype.itemsize <= 4 * LONGEST else ""
    if not text:
        raise ValueError("a text is wanted")
    return text


def main() -> int:
    """All rows of the file that the command line names."""
    return answer(rows)


if __name__ == "__main__":
    sys.exit(main())
