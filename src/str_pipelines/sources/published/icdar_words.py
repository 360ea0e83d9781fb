"""ICDAR 2013 and 2015, word recognition (challenges 2 and 4, task 3): `word_1.png, "PROPER"` a line, quotes escaped.

The pictures of a part lie in `<split>/`, and so does `gt.txt`. For the test parts that is published as a file by
itself, which may lie at the root under its own name: `Challenge2_Test_Task3_GT.txt`, `Challenge4_Test_Task3_GT.txt`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from str_pipelines.records import Rejection
from str_pipelines.sources.published.entry import Entry, listed_files
from str_pipelines.sources.published.texts import lines, refused

SPLITS = {
    "train": ("train/gt.txt",),
    "test": ("test/gt.txt|Challenge[24]_Test_Task3_GT.txt",),
}
LINE = re.compile(r'([^,]+),\s*"(.*)"\s*')


def entries(root: Path, split: str) -> Iterator[Entry | Rejection]:
    """The words of a split; ids are `<split>/word_<number>.png`."""
    (listing,) = listed_files(root, SPLITS[split][0])
    for found in lines(listing):
        if isinstance(found, Rejection):
            yield found
            continue
        number, line = found
        if match := LINE.fullmatch(line):
            name = f"{split}/{match[1].strip()}"
            yield Entry(name, name, unquoted(match[2]))
        else:
            yield refused(listing, number, "line_malformed", f'{line!a}: picture, "label" is wanted')


def unquoted(text: str) -> str:
    r"""What stands between quotation marks, without the backslashes that escape some in there.

    >>> unquoted(r"say \"hi\"")
    'say "hi"'
    """
    return re.sub(r'\\(["\\])', r"\1", text)
