"""The members of a tar, found by their headers; nothing is unpacked, and no header is believed beyond the file."""

from __future__ import annotations

import os
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

BLOCK = tarfile.BLOCKSIZE
LONGEST = 1 << 16
"""Bytes of a header that holds a long name, or what else pax may say."""
USTAR = b"ustar\x0000"
AHEAD = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK)


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
        name, size, kind = _header(block, place)
        offset, size = place + BLOCK, int(said.get("size", size))
        place = offset + -(-size // BLOCK) * BLOCK
        if size < 0 or offset + size > end:
            raise ValueError(f"byte {offset}: {size} bytes of {name!r} should follow, {end - offset} do")
        if kind in AHEAD:
            said |= _said(file, kind, offset, size)
            continue
        name = said.get("path", name)
        yield Member(name, offset, size, _kind(kind, name))
        said = {}
    raise ValueError(f"byte {end}: the mark of the end is missing, so it was cut")


def header(name: bytes, size: int) -> bytes:
    """The header of a plain file of 1970: name of 100 bytes at most, size below 8 GiB."""
    numbers = b"0000644\0" + b"0000000\0" * 2 + b"%011o\0%011o\0" % (size, 0)
    block = (name.ljust(100, b"\0") + numbers + b" " * 8 + tarfile.REGTYPE + bytes(100) + USTAR).ljust(BLOCK, b"\0")
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]


def padding(size: int) -> bytes:
    """What follows a member of this size."""
    return bytes(-size % BLOCK)


def _header(block: bytes, place: int) -> tuple[str, int, bytes]:
    """Name, size and type of a member. Ten times as fast as `tarfile.TarInfo.frombuf`."""
    try:
        sums = {sum(block[:148]) + sum(block[156:]) + 8 * ord(" "), _octal(block[148:156])}
        size = _octal(block[124:136]) if block[124] < 0x80 else int.from_bytes(block[125:136], "big")
    except (ValueError, IndexError):
        sums, size = set(), 0
    if len(block) < BLOCK or len(sums) != 1:
        raise ValueError(f"byte {place}: no header of a tar")
    name, kind = block[:100].partition(b"\0")[0], block[156:157]
    prefix = block[345:500].partition(b"\0")[0] if block[257:265] == USTAR else b""
    if kind == tarfile.GNUTYPE_SPARSE:
        raise ValueError(f"byte {place}: {name!r} has holes; make the tar again without --sparse")
    return (prefix + b"/" * bool(prefix) + name).decode("utf-8", "surrogateescape"), size, kind


def _octal(field: bytes) -> int:
    return int(field.strip(b"\0 ") or b"0", 8)


def _kind(kind: bytes, name: str) -> str:
    if kind == tarfile.DIRTYPE or (kind == tarfile.AREGTYPE and name.endswith("/")):
        return "folder"
    return "file" if kind in tarfile.REGULAR_TYPES else "other"


def _said(file: BinaryIO, kind: bytes, offset: int, size: int) -> dict[str, str]:
    """Name and size of the next member where they are too long for its own header."""
    if size > LONGEST:
        raise ValueError(f"byte {offset}: a header of {size} bytes, {LONGEST} allowed")
    data = file.read(size)
    if kind == tarfile.GNUTYPE_LONGNAME:
        return {"path": data.rstrip(b"\0").decode("utf-8", "surrogateescape")}
    return dict(_records(data, offset)) if kind == tarfile.XHDTYPE else {}


def _records(data: bytes, offset: int) -> Iterator[tuple[str, str]]:
    """`path` and `size` of pax: lines of length, blank, key, =, value."""
    while data:
        length = data.partition(b" ")[0]
        if not length.isdigit() or len(length) > 6 or not len(length) < int(length) <= len(data):
            raise ValueError(f"byte {offset}: no pax header")
        key, mark, value = data[len(length) + 1 : int(length) - 1].partition(b"=")
        if (
            not mark
            or data[int(length) - 1] != ord("\n")
            or key.startswith(b"GNU.sparse")
            or (key == b"size" and not (value.isdigit() and len(value) < 19))
        ):
            raise ValueError(f"byte {offset}: {key!r} is not understood")
        if key in (b"path", b"size"):
            yield key.decode(), value.decode("utf-8", "surrogateescape")
        data = data[int(length) :]
