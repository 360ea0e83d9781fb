"""Words in two resolutions as TextZoom stores them: `image_hr-%09d`, `image_lr-%09d`, `label-%09d`, `num-samples`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from str_pipelines.records import Pair
from str_pipelines.storage.digests import content, record_digest
from str_pipelines.storage.environments import fetch
from str_pipelines.storage.handles import Handle
from str_pipelines.storage.samples import COUNT, label_key
from str_pipelines.storage.shards import ShardWriter
from str_pipelines.storage.stores import Store

KIND = "pairs"
SIDES = ("low_width", "low_height", "high_width", "high_height")
OWN_COLUMNS = ("id", "label", "source", *SIDES)


def high_key(number: int) -> bytes:
    """The key of the better picture of pair `number`, counted from 1."""
    return b"image_hr-%09d" % number


def low_key(number: int) -> bytes:
    """The key of the worse picture of pair `number`, counted from 1."""
    return b"image_lr-%09d" % number


def pair_row(pair: Pair) -> dict[str, Any]:
    """The sidecar row of a pair: its own columns, then its facts."""
    sizes = dict(zip(SIDES, (*pair.low_size, *pair.high_size), strict=True))
    return {"id": pair.id, "label": pair.label, "source": pair.source, **sizes, **pair.facts}


@dataclass(frozen=True)
class PairLmdb(Handle):
    """Pairs on disk. `pairs.images(i)` reads the pictures of one; a loop reads all with what the sidecar says."""

    kind: ClassVar[str] = KIND

    def images(self, index: int) -> tuple[bytes, bytes]:
        """The encoded pictures (low, high) of pair `index` (0-based)."""
        low, high, _ = self._values(index)
        return low, high

    def __iter__(self) -> Iterator[Pair]:
        """All pairs in order with their facts."""
        for index, row in enumerate(self.rows()):
            low, high, label = self._values(index)
            low_width, low_height, high_width, high_height = (row[side] for side in SIDES)
            facts = {key: value for key, value in row.items() if key not in OWN_COLUMNS}
            sizes = (low_width, low_height), (high_width, high_height)
            yield Pair(row["id"], low, high, label.decode(), *sizes, row["source"], facts)

    def read_digests(self) -> Iterator[bytes | None]:
        """As `Handle.read_digests`."""
        for index, row in enumerate(self.rows()):
            try:
                values = self._values(index)
            except ValueError:
                yield None
            else:
                yield _digest(*values, row)

    def _values(self, index: int) -> tuple[bytes, bytes, bytes]:
        folder, version, place = self.layout.place(index)
        found = fetch(folder, version, (low_key(place + 1), high_key(place + 1), label_key(place + 1)))
        low, high, label = found
        if low is None or high is None or label is None:
            raise ValueError(f"{folder}: pair {place + 1} is not whole; make it again: kedro run --pipeline=ingest")
        return low, high, label


class PairWriter(ShardWriter):
    """Writes pairs to one LMDB."""

    kind: ClassVar[str] = KIND

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._store, self._count = Store(folder, ordered=False), 0

    def add(self, pair: Pair) -> None:
        """Append one pair."""
        row, label = pair_row(pair), pair.label.encode()
        self._record(_digest(pair.low, pair.high, label, row), row)
        self._count += 1
        self._store.put(high_key(self._count), pair.high)
        self._store.put(low_key(self._count), pair.low)
        self._store.put(label_key(self._count), label)

    def _close(self) -> None:
        self._store.put(COUNT, b"%d" % self._count)
        self._store.close()

    def _release(self) -> None:
        self._store.release()


def _digest(low: bytes, high: bytes, label: bytes, row: Mapping[str, Any]) -> bytes:
    return record_digest(low, high, label, content(row))
