"""A folder of pictures of words and a list of them with their labels, as every tool of the field has it."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, BinaryIO

import numpy as np

from str_pipelines.execution import Execution, build_table
from str_pipelines.records import Refused, Rejection
from str_pipelines.sources.files import check_name, read_below, stamp
from str_pipelines.sources.word_config import SEPARATORS, TsvSource
from str_pipelines.storage.digests import canonical, digest_of, record_digest, work_key
from str_pipelines.storage.tables import iterate, rows_in

STEP, VERSION = "ingest.words.tsv", 1
MARK = b"\xef\xbb\xbf"
LINE_BYTES = 1 << 16
LONGEST = LINE_BYTES - 3  # with its end, or cut without it
Found = tuple[str, bytes, str, str]
"""Id, encoded picture, label, source."""


class Labelled:
    """The words of a listing, in its order. Lines end with LF or CRLF; a byte order mark and empty lines are nothing.

    A picture is listed once: what an earlier line lists, a later one does not list again. Of the pictures, sizes and
    times of change are looked at, so that the same command sees a picture that was put right.
    """

    def __init__(self, config: TsvSource, execution: Execution, limit: int | None = None) -> None:
        """Find or make the index of the first `limit` lines.

        Raises:
            FileNotFoundError: there is no listing.
        """
        self._config, self._listing = config, config.root / config.listing
        key = work_key(STEP, VERSION, {"limit": limit, "separator": config.separator}, state_of(config))
        self._index = build_table(lambda: self._rows(limit), step=STEP, key=key, execution=execution)
        self._root = config.root.resolve().as_posix()
        self.listed = digest_of([canonical([self._index.digest, self._root])])

    @property
    def digest(self) -> str:
        """Of the listing, and of sizes and times of change of all pictures in it."""
        names = (row["name"] for row in iterate(self._index.path, ["name"]))
        stamps = (b"%d %d " % stamp(f"{self._root}/{name}") for name in names)
        return digest_of([canonical(self.listed), *stamps])

    def __len__(self) -> int:
        return self._index.rows

    def words(self, span: range) -> Iterator[Found | Rejection]:
        """The words of a range of the index, and why one cannot be used: file, line, reason."""
        for row in rows_in(self._index, span):
            try:
                yield self._word(row)
            except Refused as refused:
                record = f"line {row['line']}: {row['name']}" if row["name"] else f"line {row['line']}"
                yield Rejection(str(self._listing), record, refused.reason, refused.detail)

    def _word(self, row: Mapping[str, Any]) -> Found:
        if row["fault"]:
            raise Refused(row["fault"], row["label"])
        if row["first"] != row["line"]:
            raise Refused("listed_before", f"line {row['first']} lists the same picture")
        check_name(row["name"], "path")
        return row["name"], read_below(self._root, row["name"]), row["label"], self._config.root.name

    def _rows(self, limit: int | None) -> Iterator[dict[str, Any]]:
        """A row a line, with the number of the line that listed its picture first; the listing is walked twice."""
        hashes, numbers = array("q"), array("q")
        for number, name, _, fault in self._lines(limit):
            said = record_digest(name.encode(), str(number).encode() if fault else b"")
            hashes.append(int.from_bytes(said[:8], "little", signed=True))
            numbers.append(number)
        _, first, place = np.unique(np.array(hashes), return_index=True, return_inverse=True)
        for at, (number, name, label, fault) in enumerate(self._lines(limit)):
            yield {"line": number, "name": name, "label": label, "fault": fault, "first": numbers[first[place[at]]]}

    def _lines(self, limit: int | None) -> Iterator[tuple[int, str, str, str]]:
        """Number from 1, path, label and fault of each line that says something."""
        with self._listing.open("rb") as file:
            lines = ((number, _stripped(line, number)) for number, line in enumerate(_read(file), 1))
            for number, line in islice(((number, line) for number, line in lines if line), limit):
                yield number, *_parsed(line, SEPARATORS[self._config.separator])


def state_of(config: TsvSource) -> str:
    """A digest of where the listing lies, of its size and time of change.

    Raises:
        FileNotFoundError: there is none.
    """
    listing = config.root / config.listing
    if not listing.is_file():
        raise FileNotFoundError(
            f"{listing} is missing; ingest.words.read.source.root and .listing say where it is, a picture and its "
            "label a line (data/README.md)"
        )
    return digest_of([canonical([listing.resolve().as_posix(), *stamp(listing)])])


def _read(file: BinaryIO) -> Iterator[bytes]:
    """Lines; of one that is too long, the beginning."""
    while line := file.readline(LINE_BYTES):
        yield line
        while not line.endswith(b"\n") and (line := file.readline(LINE_BYTES)):
            pass


def _stripped(line: bytes, number: int) -> bytes:
    return (line.removeprefix(MARK) if number == 1 else line).removesuffix(b"\n").removesuffix(b"\r")


def _parsed(line: bytes, separator: bytes) -> tuple[str, str, str]:
    """Path, label and fault; where there is a fault, the line stands for the label."""
    if len(line) > LONGEST:
        return "", ascii(line[:200]), "line_too_long"
    path, found, label = line.partition(separator)
    try:
        name, text = path.decode(), label.decode()
    except UnicodeDecodeError:
        return "", ascii(line[:200]), "line_not_utf8"
    if not found:
        return "", ascii(line[:200]), "line_without_label"
    return (name, text, "") if name.isprintable() else ("", ascii(line[:200]), "path_malformed")
