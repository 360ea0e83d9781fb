"""Which pictures of MJSynth's archive its own listings list, and with which label, in the order of the archive."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from str_pipelines.records import Refused
from str_pipelines.sources.files import IMAGE_BYTES, check_name, shown
from str_pipelines.sources.mj import LEXICON, LEXICON_BYTES, label_of, listing_of, words_of
from str_pipelines.sources.tar_stream import Member, TarStream, opened_tar
from str_pipelines.sources.word_config import MjSource

NAMES_BYTES = 1 << 30
"""Of all names together; the published ones take a third of it."""
SPLITS = ("train", "val", "test")
FAULTS = ("", "path_leaves_root", "member_no_file", "file_too_large")
Row = dict[str, str]


@dataclass
class Names:
    """Millions of names in little memory: their text, a hash and a number of each."""

    text: bytearray = field(default_factory=bytearray)
    hashes: array[int] = field(default_factory=lambda: array("q"))
    numbers: array[int] = field(default_factory=lambda: array("q"))

    def add(self, name: str, number: int) -> None:
        """One more.

        Raises:
            ValueError: there are more than any published archive has.
        """
        shown_name = shown(name).encode()
        if len(self.text) + len(shown_name) > NAMES_BYTES:
            raise ValueError(f"its names take more than {NAMES_BYTES} bytes")
        self.text += shown_name + b"\n"
        self.hashes.append(hash(shown_name))
        self.numbers.append(number)

    def __len__(self) -> int:
        return len(self.hashes)

    def __iter__(self) -> Iterator[str]:
        start = 0
        while (end := self.text.find(b"\n", start)) >= 0:
            yield self.text[start:end].decode()
            start = end + 1


@dataclass
class Contents:
    """Of an archive: pictures with the number of a fault, what is listed with a place in the lexicon."""

    pictures: Names = field(default_factory=Names)
    listed: dict[str, Names] = field(default_factory=dict)
    lexicon: tuple[str, ...] = ()


def is_picture(member: Member) -> bool:
    """Whether a member has the name of a picture."""
    return member.kind != "folder" and member.name[-4:].lower() == ".jpg"


def index_rows(config: MjSource) -> Iterator[Row]:
    """A row a picture, `path`, `split`, `label`, `fault`, `detail`; then a row for each that is listed and not there.

    All splits are indexed, whichever are asked for.

    Raises:
        ValueError: the archive is damaged, or lacks a listing; the file is named.
    """
    found = _contents(config)
    for split in config.splits:
        if split not in found.listed:
            raise ValueError(
                f"{config.root}: {listing_of(split)} is not in it; copy it again, or leave the split out of "
                "ingest.words.read.source.splits"
            )
    return _compared(found)


def _compared(found: Contents) -> Iterator[Row]:
    """Pictures with the lines that list them, then lines without a picture."""
    lines, places = _joined(found, "hashes"), _joined(found, "numbers")
    bounds, splits = np.cumsum([len(names) for names in found.listed.values()]), list(found.listed)
    pictures = np.array(found.pictures.hashes, np.int64)
    line_of, first = _first(lines, pictures), _first(pictures, pictures)
    for number, (path, line) in enumerate(zip(found.pictures, line_of.tolist(), strict=True)):
        fault = FAULTS[found.pictures.numbers[number]] or ("" if first[number] == number else "member_repeated")
        split, place = ("", "") if line < 0 else (splits[np.searchsorted(bounds, line, "right")], str(places[line]))
        yield _row(path, split, place, found.lexicon, fault)
    told = np.zeros(len(lines), bool)
    told[line_of[line_of >= 0]] = True
    again = _first(lines, lines) != np.arange(len(lines))
    for line, (split, path) in enumerate((split, path) for split, names in found.listed.items() for path in names):
        if not told[line]:
            yield _refused(
                path, split, "listed_before" if again[line] else "image_missing", f"{listing_of(split)} has it"
            )


def _joined(found: Contents, what: str) -> NDArray[np.int64]:
    """Hashes or numbers of all that is listed, one split after the other."""
    return np.concatenate([np.array(getattr(names, what), np.int64) for names in found.listed.values()])


def _contents(config: MjSource) -> Contents:
    found, listings = Contents(), {listing_of(split): split for split in (*SPLITS, *config.splits)}
    with opened_tar(config.root) as stream:
        for member in stream:
            file = member.name.rpartition("/")[2]
            if is_picture(member):
                found.pictures.add(_below_root(member.name), _fault(member))
            elif member.kind == "file" and file == LEXICON:
                found.lexicon = words_of(stream.read(LEXICON_BYTES))
            elif member.kind == "file" and file in listings:
                found.listed[listings[file]] = _listing(stream)
    return found


def _below_root(name: str) -> str:
    """`<a>/<b>/<file>`, however deep the archive has it."""
    return "/".join(name.split("/")[-3:])


def _fault(member: Member) -> int:
    path = PurePosixPath(member.name)
    if path.is_absolute() or ".." in path.parts:
        return FAULTS.index("path_leaves_root")
    if member.kind != "file":
        return FAULTS.index("member_no_file")
    return FAULTS.index("file_too_large") if member.size > IMAGE_BYTES else 0


def _listing(stream: TarStream) -> Names:
    """Path and place in the lexicon of each line; -1 where it says none."""
    names = Names()
    for line in _lines(stream):
        path, _, place = line.rstrip(b"\r").partition(b" ")
        number = int(place) if place.isdigit() and len(place) < 10 else -1
        if path:
            names.add(path.decode("utf-8", "surrogateescape").removeprefix("./"), number)
    return names


def _lines(stream: TarStream) -> Iterator[bytes]:
    rest = b""
    for piece in stream.pieces():
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole
        if len(rest) > len(piece):
            raise ValueError(f"a line of a listing has more than {len(rest)} bytes")
    yield rest


def _first(among: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each of `wanted` where it stands first `among` them; -1 where it does not."""
    if not len(among):
        return np.full(len(wanted), -1)
    order = np.argsort(among, kind="stable")
    at = order[np.minimum(np.searchsorted(among, wanted, sorter=order), len(among) - 1)]
    return np.where(among[at] == wanted, at, -1)


def _row(path: str, split: str, place: str, lexicon: Sequence[str], fault: str) -> Row:
    try:
        if fault:
            raise Refused(fault, "a hostile or damaged member of the archive")
        if not split:
            raise Refused("not_listed", "no listing of the archive has it")
        check_name(path, "path")
        label = label_of(path, place, lexicon)
    except Refused as refused:
        return _refused(path, split, refused.reason, refused.detail)
    return {"path": path, "split": split, "label": label, "fault": "", "detail": ""}


def _refused(path: str, split: str, reason: str, detail: str) -> Row:
    return {"path": path, "split": split, "label": "", "fault": reason, "detail": detail}
