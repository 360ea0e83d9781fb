"""Listings with a picture and its label a line: what most sets of cut-out words come with.

SVTP and CUTE80 have a blank between them and may say more behind the label; WordArt, HOST, WOST, MPSC and LTB, for
which nothing is written down, are read as a picture, a tab or else a blank, and the label, which may have blanks;
COCO-Text v1.4 has a number, a comma and a label, between bars where it has commas.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from str_pipelines.records import Refused, Rejection
from str_pipelines.sources.published.entry import Entries, Entry, joined, listed_files
from str_pipelines.sources.published.texts import each_line

Parse = Callable[[str], tuple[str, str]]
"""A line to picture, relative to the listing, and label; `Refused` where it is none."""


def blanks(pattern: str) -> Entries:
    """Of a listing whose labels have no blanks, and are followed by a lexicon or a number."""
    return partial(_read, pattern, _first_two)


def rest_of_line(pattern: str) -> Entries:
    """Of a listing whose labels go to the end of the line."""
    return partial(_read, pattern, _tab_or_blank)


def coco_words(root: Path, split: str) -> Iterator[Entry | Rejection]:
    """COCO-Text v1.4: `<split>_words_gt.txt` with `<number>,<label>` a line, pictures `<split>_words/<number>.jpg`."""
    return _read(f"{split}_words_gt.txt", partial(_numbered, f"{split}_words"), root, split)


def parsed(root: Path, listing: Path, parse: Parse) -> Iterator[Entry | Rejection]:
    """The words of a listing; ids are their pictures."""
    above = listing.parent.relative_to(root).as_posix()

    def entry(_: int, line: str) -> Entry:
        picture, label = parse(line)
        name = joined(above, picture)
        return Entry(name, name, label)

    return each_line(listing, entry)


def _read(pattern: str, parse: Parse, root: Path, split: str) -> Iterator[Entry | Rejection]:
    for listing in listed_files(root, pattern.replace("<split>", split)):
        yield from parsed(root, listing, parse)


def _first_two(line: str) -> tuple[str, str]:
    picture, *said = line.split()
    if not said:
        raise Refused("line_without_label", ascii(line))
    return picture, said[0]


def _tab_or_blank(line: str) -> tuple[str, str]:
    picture, found, label = line.partition("\t" if "\t" in line else " ")
    if not found:
        raise Refused("line_without_label", ascii(line))
    return picture, label


def _numbered(folder: str, line: str) -> tuple[str, str]:
    number, found, label = line.partition(",")
    if not found or not number.strip().isalnum():
        raise Refused("line_malformed", f"{line!a}: a number, a comma and a label are wanted")
    return f"{folder}/{number.strip()}.jpg", label.strip().strip("|")
