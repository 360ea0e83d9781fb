"""ICDAR 2013 and 2015, photographs (challenges 2 and 4, task 1): a file of boxes or quads a photograph, beside it.

2013 has `158 128 411 181 "Footpath"` in its training part and `38, 43, 920, 215, "Tiredness"` in its test part: left,
top, right, bottom. 2015 has `x1,y1,…,x4,y4,transcription`, in which the transcription may have commas, and `###` stands
for what nobody could read. Pictures and files of both archives of a part lie in `<split>/`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from str_pipelines.records import Refused, Rejection
from str_pipelines.sources.published.entry import Entry, Points, box_points, listed_files
from str_pipelines.sources.published.icdar_words import unquoted
from str_pipelines.sources.published.photographs import each_photograph, points_of
from str_pipelines.sources.published.texts import each_line

SPLITS = {split: (f"{split}/gt_*.txt",) for split in ("train", "test")}
NUMBER = r"(-?[0-9]+(?:\.[0-9]+)?)[, ]\s*"
BOX = re.compile(NUMBER * 4 + r'"(.*)"\s*')
ILLEGIBLE = "###"
Parse = Callable[[str], tuple[Points, str]]
"""A line to polygon and label; `Refused` where it is none."""


def boxes(root: Path, split: str) -> Iterator[Entry | Rejection]:
    """The words of 2013; ids are `<split>/<photograph>#<number of the line>`, from 1."""
    return _photographs(_box, root, split)


def quads(root: Path, split: str) -> Iterator[Entry | Rejection]:
    """The words of 2015; ids as in `boxes`."""
    return _photographs(_quad, root, split)


def _photographs(parse: Parse, root: Path, split: str) -> Iterator[Entry | Rejection]:
    listings = listed_files(root, SPLITS[split][0])
    return each_photograph(root, listings, split, lambda stem: stem.removeprefix("gt_"), partial(_lines, parse))


def _lines(parse: Parse, listing: Path, picture: str) -> Iterator[Entry | Rejection]:
    def entry(number: int, line: str) -> Entry:
        polygon, label = parse(line)
        refusal = ("illegible", "marked so by the annotators") if label == ILLEGIBLE else None
        return Entry(f"{picture}#{number}", picture, label, polygon, refusal=refusal)

    return each_line(listing, entry)


def _box(line: str) -> tuple[Points, str]:
    match = BOX.fullmatch(line)
    if not match:
        raise Refused("line_malformed", f'{line!a}: left, top, right, bottom, "label" are wanted')
    left, top, right, bottom = map(float, match.groups()[:4])
    return box_points(left, top, right - left, bottom - top), unquoted(match[5])


def _quad(line: str) -> tuple[Points, str]:
    parts = line.split(",", 8)
    if len(parts) < 9:
        raise Refused("line_malformed", f"{line!a}: eight numbers and a transcription are wanted")
    return points_of(parts[:8]), parts[8]
