"""A growing LMDB that one process writes from beginning to end."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterable
from itertools import chain, islice
from pathlib import Path

import lmdb

from str_pipelines.storage.manifests import DATA

BATCH_BYTES = 8 << 20
FIRST_MAP = 64 << 20
CHUNK = 256
"""Entries that `put_all` takes at once."""
ENTRY_BYTES = 160
"""What a waiting entry takes in memory beside its key and value."""


class Store:
    """Collects puts and writes them in transactions of a few MiB; the map doubles when it is full.

    The disk is asked to sync once, at the end: until then nobody can see the folder anyway.
    """

    def __init__(self, folder: Path, ordered: bool) -> None:
        """`ordered`: keys come in ascending order, which packs the pages full (a quarter less disk).

        Raises:
            OSError: the disk is full.
        """
        self.file = folder / DATA
        self._ordered = ordered
        self._batch: list[tuple[bytes, bytes]] = []
        self._bytes = 0
        try:
            self._env = lmdb.open(str(folder), map_size=FIRST_MAP, sync=False, lock=False)
        except lmdb.Error as error:
            raise self._full(error) from error

    def put(self, key: bytes, value: bytes) -> None:
        """Store one value.

        Raises:
            ValueError: now or later, that the key is not new or, where the store is ordered, not the greatest so far.
            OSError: the disk is full.
        """
        self._batch.append((key, value))
        self._bytes += len(key) + len(value) + ENTRY_BYTES
        if self._bytes >= BATCH_BYTES:
            self._flush()

    def put_all(self, entries: Iterable[tuple[bytes, bytes]]) -> None:
        """As `put` of each, in half the time; some of them wait in memory, so they should be small."""
        rest = iter(entries)
        while some := list(islice(rest, CHUNK)):
            self._batch += some
            self._bytes += sum(map(len, chain.from_iterable(some))) + len(some) * ENTRY_BYTES
            if self._bytes >= BATCH_BYTES:
                self._flush()

    def close(self) -> None:
        """Write what is waiting, sync and close."""
        self._flush()
        try:
            self._env.sync(True)
        except lmdb.Error as error:
            raise self._full(error) from error
        self.release()

    def release(self) -> None:
        """Close without writing; nothing happens where that is done."""
        self._env.close()

    def _flush(self) -> None:
        while self._batch:
            try:
                self._write()
            except lmdb.MapFullError:  # the whole transaction is void: grow and repeat it
                self._env.set_mapsize(self._env.info()["map_size"] * 2)
            except lmdb.Error as error:
                raise self._full(error) from error
            else:
                self._batch.clear()
        self._bytes = 0

    def _write(self) -> None:
        with self._env.begin(write=True) as transaction:
            _, added = transaction.cursor().putmulti(self._batch, append=self._ordered, overwrite=False)
            if added < len(self._batch):
                transaction.abort()
        if added < len(self._batch):
            raise ValueError(f"{self.file}: key {self._refused()!r} is there already")

    def _refused(self) -> bytes:
        """The first key of the batch that LMDB does not take, found by trying them one by one."""
        with self._env.begin(write=True) as transaction:
            taken = [transaction.put(*entry, append=self._ordered, overwrite=False) for entry in self._batch]
            transaction.abort()
        return self._batch[taken.index(False)][0]

    def _full(self, error: lmdb.Error) -> OSError:
        """LMDB calls a full disk an input/output error."""
        free = shutil.disk_usage(self.file.parent).free
        what = f"{self._bytes} bytes could not be written ({error}), {free} are free; make room and run this again"
        return OSError(errno.ENOSPC if free < max(self._bytes, BATCH_BYTES) else errno.EIO, what, str(self.file))
