"""Digests: of a record, of a file, of anything that JSON can say, and the work key made of them."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from math import isfinite
from pathlib import Path, PurePath
from typing import Any

RECORD_BYTES = 16
EXACT = 2**53
"""Up to it every whole number is a float."""
NOT_CONTENT = frozenset({"run"})
"""Columns that say which run made a record. Two runs that make the same words make the same content."""


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no blanks; floats as Python's shortest round trip.

    Raises:
        ValueError: NaN or infinity.
        TypeError: something else than JSON knows, but for paths.
    """
    return _ENCODER.encode(value).encode()


def record_digest(*values: bytes) -> bytes:
    """16 bytes of blake2b over the values, each preceded by its length so that no two splits agree."""
    digest = hashlib.blake2b(digest_size=RECORD_BYTES)
    for value in values:
        digest.update(len(value).to_bytes(8, "little"))
        digest.update(value)
    return digest.digest()


def content(row: Mapping[str, Any]) -> bytes:
    """The part of a sidecar row that the content digest covers, the same before and after its way through parquet.

    `canonical` of it, said field by field, as that is twice as fast.
    """
    said = []
    for key, start in _fields(tuple(row)):
        value = row[key]
        if type(value) is str:
            said.append(start + quoted(value))
        elif type(value) is list and set(map(type, value)) == {float} and all(map(isfinite, value)):
            said.append(f"{start}[{','.join([_number(each) for each in value])}]")  # corners above all
        elif value is not None:
            said.append(f"{start}{value}" if type(value) is int else start + _ENCODER.encode(settled(value)))
    return f"{{{','.join(said)}}}".encode()


def _number(value: float) -> str:
    """A finite float as `settled` leaves it."""
    return str(int(value)) if value.is_integer() and abs(value) <= EXACT else repr(value)


def settled(value: Any) -> Any:
    """A value without what a typed column cannot keep: 1 and 1.0 become one, a field that is None is no field.

    >>> settled({"quad": (1.0, 2.5), "font": None})
    {'quad': [1, 2.5]}
    """
    if isinstance(value, str | int):  # nearly always, and the test of a Mapping is slow
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) <= EXACT else value
    if isinstance(value, list | tuple):
        return [settled(below) for below in value]
    if isinstance(value, Mapping):
        return {key: settled(below) for key, below in value.items() if below is not None}
    return value


def digest_of(parts: Iterable[bytes]) -> str:
    """32 hexadecimal digits over the parts in their order; how they were grouped does not matter."""
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def file_crc32(path: Path) -> str:
    """CRC-32 of a file, read in pieces: finds damage, eight times as fast as SHA-256."""
    crc = 0
    with path.open("rb") as file:
        while data := file.read(1 << 20):
            crc = zlib.crc32(data, crc)
    return f"{crc:08x}"


def work_key(step: str, version: int, params: Any, *inputs: str) -> str:
    """16 hexadecimal digits that change whenever the result of a step may change.

    Args:
        step: the step's name, `synthesize.paint`.
        version: raised by hand when the step's code gives another result than before.
        params: what JSON can say, or a pydantic model; only what changes the result.
        inputs: digests of the inputs.
    """
    values = params.model_dump(mode="json") if hasattr(params, "model_dump") else params
    return digest_of([canonical([step, version, values, list(inputs)])])[:16]


@lru_cache(maxsize=64)
def _fields(keys: tuple[str, ...]) -> list[tuple[str, str]]:
    """The names of a row's columns in order, each with the JSON that stands before its value."""
    return [(key, f"{quoted(key)}:") for key in sorted(keys) if key not in NOT_CONTENT]


def _path(value: Any) -> str:
    if isinstance(value, PurePath):
        return value.as_posix()
    raise TypeError(f"{value!r} is a {type(value).__name__}, and no record holds that: give a number, a text or a list")


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_path)
