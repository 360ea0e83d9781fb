"""Pictures of one word each, without labels: the files below a folder, or the pictures of a word LMDB."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from str_pipelines.execution import Execution, build_table
from str_pipelines.records import Refused, Table
from str_pipelines.sources.files import read_picture, shown, stamp
from str_pipelines.storage.digests import canonical, digest_of, work_key
from str_pipelines.storage.manifests import DATA, NAME
from str_pipelines.storage.tables import rows_in
from str_pipelines.storage.words import WordLmdb

STEP, VERSION = "recognize.find", 1


class Pictures(Protocol):
    """Pictures in order, read when they are asked for; picklable."""

    @property
    def digest(self) -> str:
        """Changes when a picture does."""
        ...

    def __len__(self) -> int: ...

    def read(self, span: range) -> Iterator[tuple[str, bytes | Refused]]:
        """The name of each picture of a range and its file's bytes, or why there are none."""
        ...


@dataclass(frozen=True)
class Files:
    """The files below a folder, as they were listed."""

    path: Path
    listing: Table

    @property
    def digest(self) -> str:
        """Of names, sizes and times of change."""
        return self.listing.digest

    def __len__(self) -> int:
        return self.listing.rows

    def read(self, span: range) -> Iterator[tuple[str, bytes | Refused]]:
        """See `Pictures`; names are paths below the folder."""
        for row in rows_in(self.listing, span):
            name = os.fsdecode(bytes.fromhex(row["raw"])) if row["raw"] else row["path"]
            yield row["path"], _bytes(self.path / name)


@dataclass(frozen=True)
class Stored:
    """The pictures of a word LMDB, called by their ids; what is written in them is not looked at."""

    words: WordLmdb

    @property
    def path(self) -> Path:
        """That of the LMDB."""
        return self.words.path

    @property
    def digest(self) -> str:
        """That of the LMDB."""
        return self.words.digest

    def __len__(self) -> int:
        return len(self.words)

    def read(self, span: range) -> Iterator[tuple[str, bytes | Refused]]:
        """See `Pictures`."""
        for index in span:
            word = self.words[index]
            yield word.id, word.image


def find_pictures(where: Path, execution: Execution) -> Files | Stored:
    """The pictures of a word LMDB, of a folder and those below it, or one file. Links to folders are not followed.

    Raises:
        FileNotFoundError: nothing lies there.
        ValueError: no file lies there, or an LMDB of something else.
    """
    if not where.exists():
        raise FileNotFoundError(f"{where}: nothing lies there to be read")
    if (where / DATA).is_file() or (where / NAME).is_file():
        return Stored(WordLmdb.at(where))
    return files_below(where, execution)


def files_below(where: Path, execution: Execution) -> Files:
    """The files below a folder, or one file.

    Raises:
        ValueError: there is none.
    """
    root, only = _parts(where)
    key = work_key(STEP, VERSION, {}, state_of_files(where))
    listing = build_table(lambda: _rows(root, only), step=STEP, key=key, execution=execution)
    if not listing.rows:
        raise ValueError(f"{where}: no file lies there or below, but hidden ones")
    return Files(root.resolve(), listing)


def state_of_files(where: Path) -> str:
    """A digest of their names, sizes and times of change."""
    root, only = _parts(where)
    return digest_of(canonical([os.fsencode(name).hex(), stamp(root / name)]) for name in _names(root, only))


def _parts(where: Path) -> tuple[Path, str | None]:
    """A folder, or the folder of a file and its name."""
    return (where, None) if where.is_dir() else (where.parent, where.name)


def _bytes(path: Path) -> bytes | Refused:
    if path.is_dir():
        return Refused("folder_unreadable", "this user may not list it")
    try:
        return read_picture(path)
    except Refused as refused:
        return refused


def _names(root: Path, only: str | None) -> Iterator[str]:
    """The paths of all files below `root`, folder by folder, and at the end those of folders that cannot be listed."""
    if only is not None:
        yield only
        return
    closed: list[str] = []
    for folder, folders, files in os.walk(root, onerror=lambda error: closed.append(str(error.filename))):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        below = Path(folder).relative_to(root)
        yield from ((below / name).as_posix() for name in sorted(files) if not name.startswith("."))
    yield from (Path(folder).relative_to(root).as_posix() for folder in closed)


def _rows(root: Path, only: str | None) -> Iterator[dict[str, str | int]]:
    for name in _names(root, only):
        size, changed = stamp(root / name)
        raw = "" if shown(name) == name else os.fsencode(name).hex()  # parquet has no place for what is not Unicode
        yield {"path": shown(name), "raw": raw, "bytes": size, "changed": changed}
