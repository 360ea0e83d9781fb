"""A tar, compressed with gzip or not, read once from front to back; nothing is unpacked, and no header is believed."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, cast

from str_pipelines.sources.tar_headers import AHEAD, BLOCK, check_ahead, header, kind_of, said_ahead

PIECE = 1 << 20
RATIO, SLACK = 200, 64 << 20
"""An archive unpacks to no more than so many times its size, and so many bytes."""


@dataclass(frozen=True)
class Member:
    """Name and size of a member; `kind` is `file`, `folder` or `other` (links, devices, pipes)."""

    name: str
    size: int
    kind: str


class TarStream:
    """The members one after the other; `read` gives the content of the one that came last, as far as it is wanted."""

    def __init__(self, file: BinaryIO, most: int) -> None:
        """Begin with a file at its start, of which no more than `most` bytes are read."""
        self._file, self._most, self._place, self._left = file, most, 0, 0

    def __iter__(self) -> Iterator[Member]:
        """Every member.

        Raises:
            ValueError: the tar is damaged or cut, unpacks to far more than it is, or has endless headers.
        """
        said: dict[str, str] = {}
        while (block := self._take(BLOCK)).strip(b"\0"):
            name, size, kind = header(block, self._place - BLOCK)
            if kind in AHEAD:
                said |= self._said(kind, size)
                continue
            size = int(said.get("size", size))
            self._left = size
            name = said.get("path", name)
            yield Member(name, size, kind_of(kind, name))
            said = {}
            self._pass(self._left + -size % BLOCK)

    def read(self, limit: int) -> bytes:
        """Up to `limit` bytes of what is left of this member."""
        count = min(limit, self._left)
        self._left -= count
        return self._take(count)

    def pieces(self) -> Iterator[bytes]:
        """What is left of this member, piece by piece."""
        while piece := self.read(PIECE):
            yield piece

    def _said(self, kind: bytes, size: int) -> dict[str, str]:
        """Name and size of the next member where they are too long for its own header."""
        check_ahead(size, self._place)
        place, data = self._place, self._take(size)
        self._pass(-size % BLOCK)
        return said_ahead(kind, data, place)

    def _pass(self, count: int) -> None:
        while count:
            count -= len(self._take(min(count, PIECE)))

    def _take(self, count: int) -> bytes:
        self._place += count
        if self._place > self._most:
            raise ValueError(f"byte {self._place}: it unpacks to more than {RATIO} times its size")
        data = self._file.read(count)
        if len(data) < count:
            raise ValueError(f"byte {self._place - count + len(data)}: it ends where {count} bytes should follow")
        return data


@contextmanager
def opened_tar(path: Path) -> Iterator[TarStream]:
    """A tar or tar.gz from its start.

    Raises:
        ValueError: here or while it is read: it is damaged; the file is named, and the byte of what it unpacks to.
    """
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            file = BufferedReader(gzip.GzipFile(fileobj=raw), PIECE) if packed else raw
            yield TarStream(cast(BinaryIO, file), RATIO * path.stat().st_size + SLACK)
    except (ValueError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ValueError(f"{path}: no tar that can be read ({error}); copy it again") from error
