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
SPARSE = (b"S",)
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
        header = _header(block, place)
        offset, size = place + BLOCK, int(said.get("size", header.size))
        place = offset + -(-size // BLOCK) * BLOCK
        if size < 0 or offset + size > end:
            raise ValueError(f"byte {offset}: {size} bytes of {header.name!r} should follow, {end - offset} do")
        if header.type in AHEAD:
            said |= _said(file, header.type, offset, size)
            continue
        yield Member(said.get("path", header.name), offset, size, _kind(header))
        said = {}
    raise ValueError(f"byte {end}: the mark of the end is missing, so it was cut")


def _header(block: bytes, place: int) -> tarfile.TarInfo:
    try:
        header = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except tarfile.HeaderError as error:
        raise ValueError(f"byte {place}: no header of a tar ({error})") from error
    if header.type in SPARSE:
        raise ValueError(f"byte {place}: {header.name!r} has holes; make the tar again without --sparse")
    return header


def _kind(header: tarfile.TarInfo) -> str:
    return "file" if header.isreg() else "folder" if header.isdir() else "other"


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
