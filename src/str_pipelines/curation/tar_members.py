"""The members of a tar, found by their headers; nothing is unpacked, and no header is believed beyond the file."""

from __future__ import annotations

import os
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from str_pipelines.sources.tar_headers import AHEAD, BLOCK, check_ahead, header, kind_of, said_ahead

USTAR = b"ustar\x0000"


@dataclass(frozen=True)
class Member:
    """Name, place and size of a member; `kind` is `file`, `folder` or `other` (links, devices, pipes)."""

    name: str
    offset: int
    size: int
    kind: str


def members(file: BinaryIO) -> Iterator[Member]:
    """Every member in order.

    Raises:
        ValueError: the tar is damaged, cut, or says what no tar of files needs to; the byte is named.
    """
    place, end = 0, file.seek(0, os.SEEK_END)
    said: dict[str, str] = {}
    while place < end:
        file.seek(place)
        block = file.read(BLOCK)
        if block == bytes(len(block)):
            return
        name, size, kind = header(block, place)
        offset, size = place + BLOCK, int(said.get("size", size))
        place = offset + -(-size // BLOCK) * BLOCK
        if offset + size > end:
            raise ValueError(f"byte {offset}: {size} bytes of {name!r} should follow, {end - offset} do")
        if kind in AHEAD:
            check_ahead(size, offset)
            said |= said_ahead(kind, file.read(size), offset)
            continue
        name = said.get("path", name)
        yield Member(name, offset, size, kind_of(kind, name))
        said = {}
    raise ValueError(f"byte {end}: the mark of the end is missing, so it was cut")


def plain_header(name: bytes, size: int) -> bytes:
    """The header of a plain file of 1970: name of 100 bytes at most, size below 8 GiB."""
    numbers = b"0000644\0" + b"0000000\0" * 2 + b"%011o\0%011o\0" % (size, 0)
    block = (name.ljust(100, b"\0") + numbers + b" " * 8 + tarfile.REGTYPE + bytes(100) + USTAR).ljust(BLOCK, b"\0")
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]


def padding(size: int) -> bytes:
    """What follows a member of this size."""
    return bytes(-size % BLOCK)
