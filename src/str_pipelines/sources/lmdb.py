"""TextSSR's LMDBs of photographs: a tree of folders, in each data.mdb the keys `image-<id>` and `annotations-<id>`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from heapq import merge
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import lmdb

from str_pipelines.execution import Execution, build_table
from str_pipelines.records import Refused, Rejection, Scene
from str_pipelines.sources.config import LmdbSource
from str_pipelines.sources.entries import instances_of
from str_pipelines.sources.files import check_name, check_root, shown, stamp, walk
from str_pipelines.sources.streams import strict
from str_pipelines.storage.digests import canonical, digest_of, work_key
from str_pipelines.storage.environments import environment, fetch
from str_pipelines.storage.manifests import DATA, version_of
from str_pipelines.storage.tables import rows_in

STEP, VERSION = "ingest.scenes.lmdb", 1
IMAGE, ANNOTATIONS = b"image-", b"annotations-"


class LmdbTree:
    """The photographs of every LMDB below a root, ids preceded by the folder. The index is made from the keys alone."""

    def __init__(self, config: LmdbSource, execution: Execution, limit: int | None = None) -> None:
        """Find the LMDBs, and find or make the index of their first `limit` photographs.

        Raises:
            FileNotFoundError: there is no LMDB.
            ValueError: a data.mdb is cut or damaged, or one LMDB lies inside another.
        """
        self._root, self._folders = config.root, _folders(config.root)
        states = _states(config.root, self._folders)
        key = work_key(STEP, VERSION, {"limit": limit, "root": config.root.resolve(), "states": states})
        self._index = build_table(lambda: self._rows(limit), step=STEP, key=key, execution=execution)
        self._versions = {name: version_of(config.root / name) for name in self._folders}
        self.digest = digest_of([canonical([self._index.digest, states])])

    def __len__(self) -> int:
        return self._index.rows

    def scenes(self, span: range) -> Iterator[Scene | Rejection]:
        """The photographs of a range of the index; an instance that cannot be used does not cost its photograph."""
        for row in rows_in(self._index, span):
            name, record = row["folder"], f"{row['folder']}/{row['id']}".removeprefix("./")
            try:
                yield from self._records(row, record)
            except Refused as refused:
                yield Rejection(str(self._root / name / DATA), shown(record), refused.reason, refused.detail)

    def _records(self, row: Mapping[str, str], record: str) -> Iterator[Scene | Rejection]:
        if row["fault"]:
            raise Refused(row["fault"], "a photograph has two keys, `image-<id>` and `annotations-<id>`, ids in UTF-8")
        check_name(record, "id")
        folder, key = self._root / row["folder"], row["id"].encode()
        image, text = fetch(folder, self._versions[row["folder"]], (IMAGE + key, ANNOTATIONS + key))
        if image is None or text is None:
            raise Refused("lmdb_damaged", "a key that is listed cannot be found; copy data.mdb again")
        instances, rejections = instances_of(_parsed(text), str(folder / DATA), record)
        yield Scene(record, image, instances, row["folder"])
        yield from rejections

    def _rows(self, limit: int | None) -> Iterator[dict[str, str]]:
        pairs = ((name, *pair) for name in self._folders for pair in _pairs(self._root / name))
        for folder, key, fault in islice(pairs, limit):
            try:
                yield {"folder": folder, "id": key.decode(), "fault": fault}
            except UnicodeDecodeError:
                yield {"folder": folder, "id": ascii(key), "fault": "id_malformed"}


def state_of(config: LmdbSource) -> str:
    """A digest of where the LMDBs lie, of their sizes and times of change."""
    return digest_of([canonical(_states(config.root, _folders(config.root)))])


def _states(root: Path, folders: Sequence[str]) -> list[list[str | int]]:
    return [[name, *stamp(root / name / DATA)] for name in folders]


def _folders(root: Path) -> list[str]:
    """The folders at or below `root` with a data.mdb, relative to it, in order."""
    check_root(root)
    found = sorted(folder.relative_to(root).as_posix() for folder, files in walk(root) if DATA in files)
    if not found:
        raise FileNotFoundError(f"{root}: no {DATA} there or below; data/README.md has the layout")
    for name in found:
        if inner := [other for other in found if other != name and Path(other).is_relative_to(name)]:
            raise ValueError(f"{root / inner[0]} is an LMDB inside the LMDB {root / name}; move it elsewhere")
    return found


def _pairs(folder: Path) -> Iterator[tuple[bytes, str]]:
    """The id of each photograph in order, and what it lacks, if anything; no value is read for that."""
    try:
        with environment(folder, version_of(folder)).begin() as transaction:
            keys = merge(*(_keys(transaction, prefix) for prefix in (ANNOTATIONS, IMAGE)))
            for identity, found in groupby(keys, key=lambda pair: pair[0]):
                there = {prefix for _, prefix in found}
                yield identity, "" if len(there) == 2 else "annotations_missing" if IMAGE in there else "image_missing"
    except lmdb.Error as error:
        raise ValueError(f"{folder / DATA}: LMDB cannot read it ({error}); copy or make it again") from error


def _keys(transaction: lmdb.Transaction, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
    with transaction.cursor() as cursor:
        if not cursor.set_range(prefix):
            return
        for key in map(bytes, cursor.iternext(keys=True, values=False)):
            if not key.startswith(prefix):
                return
            yield key.removeprefix(prefix), prefix


def _parsed(text: bytes) -> Any:
    try:
        return strict(text)
    except ValueError as error:
        raise Refused("annotations_malformed", str(error)) from error
