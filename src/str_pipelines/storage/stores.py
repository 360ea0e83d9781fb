"""A growing LMDB that one process writes from beginning to end."""

from __future__ import annotations

from pathlib import Path

import lmdb

BATCH_BYTES = 8 << 20
FIRST_MAP = 64 << 20


class Store:
    """Collects puts and writes them in transactions of a few MiB; the map doubles when it is full.

    The disk is asked once, at the end: until then nobody can see the folder anyway.
    """

    def __init__(self, folder: Path, ordered: bool) -> None:
        """`ordered`: keys come in ascending order, which packs the pages full (a quarter less disk)."""
        folder.mkdir(parents=True, exist_ok=True)
        self.file = folder / "data.mdb"
        self._env = lmdb.open(str(folder), map_size=FIRST_MAP, sync=False, lock=False, meminit=False, writemap=False)
        self._ordered = ordered
        self._batch: list[tuple[bytes, bytes]] = []
        self._bytes = 0

    def put(self, key: bytes, value: bytes) -> None:
        """Store one value; the key must be new, and greater than all before it where the store is ordered."""
        self._batch.append((key, value))
        self._bytes += len(key) + len(value)
        if self._bytes >= BATCH_BYTES:
            self._flush()

    def close(self) -> None:
        """Write and sync everything."""
        self._flush()
        self._env.sync(True)
        self._env.close()

    def _flush(self) -> None:
        while self._batch:
            try:
                self._write()
            except lmdb.MapFullError:  # the whole transaction is void: grow and repeat it
                self._env.set_mapsize(self._env.info()["map_size"] * 2)
            else:
                self._batch.clear()
        self._bytes = 0

    def _write(self) -> None:
        with self._env.begin(write=True) as transaction:
            for key, value in self._batch:
                if not transaction.put(key, value, append=self._ordered, overwrite=False):
                    raise ValueError(f"{self.file}: key {key!r} is there already")
