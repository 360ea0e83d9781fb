"""A growing LMDB that one process writes from beginning to end."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

import lmdb

from str_pipelines.storage.manifests import DATA

BATCH_BYTES = 8 << 20
FIRST_MAP = 64 << 20
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
            for key, value in self._batch:
                if not transaction.put(key, value, append=self._ordered, overwrite=False):
                    raise ValueError(f"{self.file}: key {key!r} is there already")

    def _full(self, error: lmdb.Error) -> OSError:
        """LMDB calls a full disk an input/output error."""
        free = shutil.disk_usage(self.file.parent).free
        what = f"{self._bytes} bytes could not be written ({error}), {free} are free; make room and run this again"
        return OSError(errno.ENOSPC if free < max(self._bytes, BATCH_BYTES) else errno.EIO, what, str(self.file))
