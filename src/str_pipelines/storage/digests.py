"""Digests: of a record, of a file, of anything that JSON can say, and the work key made of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

RECORD_BYTES = 16
NOT_CONTENT = frozenset({"run"})
"""Columns that say which run made a record. Two runs that make the same words make the same content."""


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no blanks; floats as Python's shortest round trip; NaN and infinity are refused."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=str)
    return text.encode()


def record_digest(*values: bytes) -> bytes:
    """16 bytes of blake2b over the values, each preceded by its length so that no two splits agree."""
    digest = hashlib.blake2b(digest_size=RECORD_BYTES)
    for value in values:
        digest.update(len(value).to_bytes(8, "little"))
        digest.update(value)
    return digest.digest()


def content(row: Mapping[str, Any]) -> bytes:
    """The part of a sidecar row that the content digest covers."""
    return canonical({key: value for key, value in row.items() if key not in NOT_CONTENT})


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
