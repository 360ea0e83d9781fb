"""Photographs with a file of quads each, beside them: MLT 2019, RCTW 2017 and Uber-Text; and the words of MLT 2019.

MLT 2019, photographs: `<split>/tr_img_00001.txt`, `x1,y1,…,x4,y4,script,transcription`; words: `<split>/gt.txt`,
`word_1.png,script,transcription`, where the transcription may have commas. RCTW 2017: `<split>/image_0.txt`,
`x1,y1,…,x4,y4,difficult,"transcription"`. Uber-Text: `<split>/1Kx1K/` and `4Kx4K/`, `truth_<photograph>.txt`,
`x1 y1 x2 y2 …<TAB>transcription<TAB>category`, as those who use it describe it; the archive itself was not seen. `###`
is what nobody could read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from str_pipelines.records import Refused, Rejection
from str_pipelines.sources.published.annotations import illegible
from str_pipelines.sources.published.entry import Entry, Points, listed_files
from str_pipelines.sources.published.photographs import each_photograph, points_of
from str_pipelines.sources.published.texts import each_line

UNREAD = "###"
SPLITS_MLT19 = {"train": ("train/gt.txt",), "val": ("val/gt.txt",)}
SPLITS_MLT19_SCENES = {"train": ("train/*_img_*.txt",), "val": ("val/*_img_*.txt",)}
SPLITS_RCTW17 = {"train": ("train/image_*.txt",)}
SPLITS_UBER = {
    f"{split}{suffix}": (f"{split}/{size}/truth_*.txt",)
    for suffix, size in (("", "1Kx1K"), ("_4K", "4Kx4K"))
    for split in ("train", "val", "test")
}


class Line(NamedTuple):
    """What a line says; `polygon` is None where the picture is the word."""

    polygon: Points | None
    label: str
    language: str = ""
    unread: bool = False


def mlt19_words(root: Path, split: str) -> Iterator[Entry | Rejection]:
    """The cut-out words of MLT 2019; ids are their pictures."""

    def entry(_: int, line: str) -> Entry:
        picture, script, label = _split(line, ",", 2)
        name = f"{split}/{picture.strip()}"
        return _entry(name, name, Line(None, label, script))

    return each_line(root / SPLITS_MLT19[split][0], entry)


def mlt19(root: Path, split: str) -> Iterator[Entry | Rejection]:
    """The words of MLT 2019's photographs; ids are `<photograph>#<number of the line>`, from 1."""
    return _photographs(listed_files(root, SPLITS_MLT19_SCENES[split][0]), root, _mlt19)


def rctw17(root: Path, split: str) -> Iterator[Entry | Rejection]:
    """The lines of text of RCTW 2017; what is difficult is not read. Ids as in `mlt19`."""
    return _photographs(listed_files(root, SPLITS_RCTW17[split][0]), root, _rctw17)


def uber(root: Path, split: str) -> Iterator[Entry | Rejection]:
    """The lines of text of Uber-Text; ids as in `mlt19`."""
    return _photographs(listed_files(root, SPLITS_UBER[split][0]), root, _uber, "truth_")


def _photographs(
    listings: Sequence[Path], root: Path, parse: Callable[[str], Line], prefix: str = ""
) -> Iterator[Entry | Rejection]:
    folder = listings[0].parent.relative_to(root).as_posix()
    return each_photograph(root, listings, folder, lambda stem: stem.removeprefix(prefix), partial(_lines, parse))


def _mlt19(line: str) -> Line:
    *corners, script, label = _split(line, ",", 9)
    return Line(points_of(corners), label, script)


def _rctw17(line: str) -> Line:
    *corners, difficult, label = _split(line, ",", 9)
    quoted = re.fullmatch(r'\s*"(.*)"\s*', label)
    return Line(points_of(corners), quoted[1] if quoted else label, unread=difficult.strip() != "0")


def _uber(line: str) -> Line:
    corners, label, _ = _split(line, "\t", 2)
    return Line(points_of(corners.split()), label)


def _lines(parse: Callable[[str], Line], listing: Path, picture: str) -> Iterator[Entry | Rejection]:
    return each_line(listing, lambda number, line: _entry(f"{picture}#{number}", picture, parse(line)))


def _entry(name: str, picture: str, said: Line) -> Entry:
    label = said.label.strip()
    refusal = illegible(label) if said.unread or label == UNREAD else None
    return Entry(name, picture, label, said.polygon, said.language.strip(), refusal)


def _split(line: str, separator: str, most: int) -> list[str]:
    parts = line.split(separator, most)
    if len(parts) <= most:
        raise Refused("line_malformed", f"{line!a}: {most + 1} fields are wanted")
    return parts
