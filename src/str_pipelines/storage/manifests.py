"""manifest.json: what a folder holds. A folder with a manifest is whole; without one it does not exist."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from str_pipelines.storage.folders import write_whole

NAME, DATA = "manifest.json", "data.mdb"
Version = tuple[int, ...]
"""Tells one state of a folder from the next."""


class Part(BaseModel):
    """One data file of a folder: where it lies below it, its size in bytes and how many records are in it.

    `sums` are the CRC-32 of this file and those beside it, by name.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    path: str
    count: int = Field(ge=0)
    bytes: int = Field(ge=0)
    sums: dict[str, str] = {}


class Manifest(BaseModel):
    """Kind, count and content digest of a folder, its parts in order, and why records were turned away."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: str
    schema_version: int = 1
    count: int = Field(ge=0)
    digest: str
    parts: tuple[Part, ...]
    rejected: dict[str, int] = {}
    made: dict[str, Any] = {}


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a folder.

    Raises:
        FileNotFoundError: there is none: the folder was never finished.
        ValueError: it cannot be read, or a part is missing or has another size than it says.
    """
    path = folder / NAME
    if not path.is_file():
        raise FileNotFoundError(f"{folder}: no {NAME}, so nothing finished lies there")
    try:
        manifest = Manifest.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise ValueError(f"{path}: not a manifest ({error.error_count()} faults); make the folder again") from error
    for part in manifest.parts:
        _check_size(folder, part)
    return manifest


def whole(folder: Path) -> bool:
    """Whether `read_manifest` has nothing to object to."""
    try:
        read_manifest(folder)
    except (FileNotFoundError, ValueError):
        return False
    return True


def version_of(folder: Path) -> Version:
    """Inode, time and size of the manifest, or of data.mdb where there is none: others when a folder is replaced."""
    for name in (NAME, DATA):
        try:
            stat = os.stat(os.path.join(folder, name))  # noqa: PTH116, PTH118 (read with every record)
        except FileNotFoundError:
            continue
        return stat.st_ino, stat.st_mtime_ns, stat.st_size
    raise FileNotFoundError(f"{folder}: neither {NAME} nor {DATA} is there")


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write it last: its presence says that everything else is there."""
    text = json.dumps(manifest.model_dump(mode="json"), indent=1, ensure_ascii=False)
    write_whole(folder / NAME, text.encode())


def join(kind: str, digest: str, shards: dict[str, Manifest], made: dict[str, Any]) -> Manifest:
    """The manifest of a folder of shards, given theirs by folder name, in order."""
    rejected: Counter[str] = Counter()
    parts: list[Part] = []
    for name, shard in shards.items():
        rejected.update(shard.rejected)
        parts += [part.model_copy(update={"path": f"{name}/{part.path}"}) for part in shard.parts]
    count = sum(shard.count for shard in shards.values())
    return Manifest(kind=kind, count=count, digest=digest, parts=tuple(parts), rejected=dict(rejected), made=made)


def _check_size(folder: Path, part: Part) -> None:
    path = folder / part.path
    size = path.stat().st_size if path.is_file() else -1
    if size != part.bytes:
        found = "is missing" if size < 0 else f"has {size} bytes"
        raise ValueError(f"{path} {found}, the manifest says {part.bytes}: copied or changed; copy or make it again")
