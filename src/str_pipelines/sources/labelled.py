"""A folder of pictures of words and a list of them with their labels, as every tool of the field has it."""

from __future__ import annotations

import json
import os
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate, chain, compress, islice
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from str_pipelines.execution import Execution, build_table
from str_pipelines.records import Refused, Rejection
from str_pipelines.sources import odgt
from str_pipelines.sources.files import check_name, read_below, stamp
from str_pipelines.sources.word_config import SEPARATORS, OdgtSource, TsvSource
from str_pipelines.storage.digests import canonical, digest_of, work_key
from str_pipelines.storage.tables import rows_of

STEP, VERSION = "ingest.words.tsv", 2
BLOCK = 1000  # lines
MARK = b"\xef\xbb\xbf"
WINDOW, LINE_BYTES = 1 << 20, 1 << 16
LONGEST = LINE_BYTES - 3  # with its end, or cut without it
Found = tuple[str, bytes, str, str]
"""Id, encoded picture, label, source."""
Line = tuple[str, str, str, str]
"""Path, label, fault, source."""


class Labelled:
    """The words of a listing, in its order. Lines end with LF or CRLF; a byte order mark and empty lines are nothing.

    A picture is listed once: what an earlier line lists, a later one does not list again. Of the pictures, sizes and
    times of change are looked at, so that the same command sees a picture that was put right.
    """

    def __init__(self, config: TsvSource | OdgtSource, execution: Execution, limit: int | None = None) -> None:
        """Find or make the index of the first `limit` lines.

        Raises:
            FileNotFoundError: there is no listing.
        """
        self._config, self._listing = config, config.root / config.listing
        self._root, self._lines_are = config.root.resolve().as_posix(), _dialect(config)
        how = config.model_dump(mode="json", exclude={"root", "listing", "licence"})
        key = work_key(STEP, VERSION, {"limit": limit, "lines": how}, state_of(config))
        self._blocks = rows_of(build_table(lambda: self._index(limit), step=STEP, key=key, execution=execution))
        self.listed = digest_of([canonical([key, self._root])])

    @property
    def digest(self) -> str:
        """Of the listing, and of sizes and times of change of all pictures in it."""
        return digest_of(chain([canonical(self.listed)], self._stamps()))

    def __len__(self) -> int:
        return sum(block["lines"] for block in self._blocks)

    def words(self, span: range) -> Iterator[Found | Rejection]:
        """The words of a range of the lines that say something, and why one cannot be used: file, line, reason."""
        repeats = self._repeats(span)
        for number, line in self._lines(span):
            name, label, fault, source = self._lines_are.parsed(line)
            try:
                if fault:
                    raise Refused(fault, label)
                if number in repeats:
                    raise Refused("listed_before", f"line {repeats[number]} lists the same picture")
                check_name(name, "path")
                yield name, read_below(self._root, name), label, source or self._config.root.name
            except Refused as refused:
                record = f"line {number}: {name}" if name else f"line {number}"
                yield Rejection(str(self._listing), record, refused.reason, refused.detail)

    def _stamps(self) -> Iterator[bytes]:
        """Sizes and times of change of all pictures, some thousand at a time."""
        root, left = os.fsencode(self._root) + b"/", len(self)
        with self._listing.open("rb") as file:
            for window in _windows(file, 1):
                lines = window.said()[1][:left]
                stamps = [stamp(root + path) for path in self._lines_are.paths(lines)]
                yield array("q", chain.from_iterable(stamps)).tobytes()
                left -= len(lines)
                if not left:
                    return

    def _lines(self, span: range) -> Iterator[tuple[int, bytes]]:
        """Number and content of each line of a range."""
        block = self._blocks[span.start // BLOCK] if span else {"offset": 0, "first": 1}
        with self._listing.open("rb") as file:
            file.seek(block["offset"])
            lines = chain.from_iterable(zip(*window.said(), strict=True) for window in _windows(file, block["first"]))
            yield from islice(lines, span.start % BLOCK, span.start % BLOCK + len(span))

    def _repeats(self, span: range) -> dict[int, int]:
        """The lines in or around a range that list a picture again, and the line that listed it first."""
        blocks = self._blocks[span.start // BLOCK : -(-span.stop // BLOCK)]
        return {int(again): first for block in blocks for again, first in json.loads(block["repeats"]).items()}

    def _index(self, limit: int | None) -> Iterator[dict[str, Any]]:
        """A row a block of lines that say something: where and with which line it begins, how many there are, repeats.

        Of all lines only a hash and the number are in memory.
        """
        hashes, numbers, starts = array("q"), array("q"), []
        with self._listing.open("rb") as file:
            for window in _windows(file, 1):
                found, lines = window.said()
                offsets = window.offsets()
                starts += [(offsets[first - window.number], first) for first in found[-len(numbers) % BLOCK :: BLOCK]]
                hashes.extend(self._lines_are.hashes(found, lines))
                numbers.extend(found)
                if limit is not None and len(numbers) >= limit:
                    hashes, numbers = hashes[:limit], numbers[:limit]
                    break
        repeated, first = _repeated(np.frombuffer(hashes, np.int64))
        for start, (offset, number) in zip(range(0, len(numbers), BLOCK), starts, strict=False):
            stop = min(start + BLOCK, len(numbers))
            again = slice(*np.searchsorted(repeated, (start, stop)))
            pairs = zip(repeated[again].tolist(), first[again].tolist(), strict=True)
            repeats = json.dumps({numbers[place]: numbers[before] for place, before in pairs})
            yield {"offset": offset, "first": number, "lines": stop - start, "repeats": repeats}


def state_of(config: TsvSource | OdgtSource) -> str:
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


class Window(NamedTuple):
    """Lines that follow one another, with a carriage return where they have one; number and place of the first."""

    number: int
    offset: int
    lines: list[bytes]

    def said(self) -> tuple[Sequence[int], list[bytes]]:
        """Numbers and contents of the lines that say something."""
        lines = [line.removesuffix(b"\r") for line in self.lines]
        numbers = range(self.number, self.number + len(lines))
        return (numbers, lines) if all(lines) else (list(compress(numbers, lines)), list(filter(None, lines)))

    def offsets(self) -> list[int]:
        """Where each line begins."""
        return list(accumulate((len(line) + 1 for line in self.lines), initial=self.offset))


def _windows(file: BinaryIO, number: int) -> Iterator[Window]:
    """All lines from here on, the first of which has this number; of one that is too long, the beginning."""
    offset = file.tell()
    while data := file.read(WINDOW):
        data += file.readline(LINE_BYTES)
        if data.startswith(MARK) and not offset:
            data, offset = data.removeprefix(MARK), len(MARK)
        lines = data.removesuffix(b"\n").split(b"\n")
        yield Window(number, offset, lines)
        number += len(lines)
        while not data.endswith(b"\n") and (data := file.readline(LINE_BYTES)):
            pass
        offset = file.tell()


def _repeated(hashes: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The places of hashes that stood before, in order, and where each stood first."""
    ordered = np.sort(hashes)
    if not (ordered[1:] == ordered[:-1]).any():  # nearly always, and known in a fifth of the time
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    _, first, group = np.unique(hashes, return_index=True, return_inverse=True)
    repeated = np.flatnonzero(first[group] != np.arange(len(hashes)))
    return repeated, first[group[repeated]]


@dataclass(frozen=True)
class Dialect:
    """How lines say a path and a label: a separator between them, or, without one, whatever `parse` makes of a line."""

    parse: Callable[[bytes], Line]
    separator: bytes = b""

    def parsed(self, line: bytes) -> Line:
        """Path, label, fault and source; where there is a fault, the line stands for the label."""
        return ("", ascii(line[:200]), "line_too_long", "") if len(line) > LONGEST else self.parse(line)

    def paths(self, lines: Sequence[bytes]) -> Iterator[bytes]:
        """The path of each line, as it is in the file system."""
        if self.separator:
            return (line.partition(self.separator)[0] for line in lines)
        return (self.parsed(line)[0].encode("utf-8", "surrogateescape") for line in lines)

    def hashes(self, numbers: Sequence[int], lines: Sequence[bytes]) -> Iterable[int]:
        """Of the path of each line; of one with a fault, of its number, as it repeats no other."""
        try:
            parts = [text.partition(self.separator.decode()) for text in b"\n".join(lines).decode().split("\n")]
            names = [name for name, found, _ in parts if found]
        except ValueError:  # no UTF-8, or no separator
            names = []
        plain = len(names) == len(lines) and "".join(names).isprintable()
        if plain and len(max(lines, key=len, default=b"")) <= LONGEST:
            return map(hash, names)  # nothing is wrong with any of them, which is found out in a fifth of the time
        parsed = zip(numbers, map(self.parsed, lines), strict=True)
        return (hash(number if fault else name) for number, (name, _, fault, _) in parsed)


def _dialect(config: TsvSource | OdgtSource) -> Dialect:
    if isinstance(config, OdgtSource):
        return Dialect(partial(odgt.parsed, prefix=config.prefix))
    separator = SEPARATORS[config.separator]
    return Dialect(partial(_separated, separator), separator)


def _separated(separator: bytes, line: bytes) -> Line:
    path, found, label = line.partition(separator)
    try:
        name, text = path.decode(), label.decode()
    except UnicodeDecodeError:
        return "", ascii(line[:200]), "line_not_utf8", ""
    if not found:
        return "", ascii(line[:200]), "line_without_label", ""
    return (name, text, "", "") if name.isprintable() else ("", ascii(line[:200]), "path_malformed", "")
