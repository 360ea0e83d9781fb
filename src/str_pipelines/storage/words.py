"""Labelled words as the field stores them: `image-%09d`, `label-%09d`, `wh-%09d` (1-based) and `num-samples`."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

from str_pipelines.records import Word
from str_pipelines.storage.digests import content, digest_of, record_digest
from str_pipelines.storage.environments import environment
from str_pipelines.storage.handles import Handle, ShardWriter
from str_pipelines.storage.manifests import NAME, Manifest, Part
from str_pipelines.storage.stores import Store

LMDB_KEY_LIMIT = 511
OWN_COLUMNS = ("id", "label", "source", "width", "height")


def word_row(word: Word) -> dict[str, Any]:
    """The sidecar row of a word: its own columns, then its facts."""
    width, height = word.size
    return {"id": word.id, "label": word.label, "source": word.source, "width": width, "height": height, **word.facts}


def word_digest(word: Word, row: Mapping[str, Any]) -> bytes:
    """Over picture, label and sidecar row."""
    return record_digest(word.image, word.label.encode(), content(row))


@dataclass(frozen=True)
class WordLmdb(Handle):
    """Words on disk. `words[i]` reads one, a loop reads all; open files are shared within a process."""

    kind: ClassVar[str] = "words"

    @classmethod
    def at(cls, path: Path | str) -> WordLmdb:
        """As `Handle.at`; an LMDB of somebody else's, without a manifest, is counted and digested where it lies."""
        if not _foreign(Path(path)):
            return super().at(path)
        manifest = _adopted(Path(path), (Path(path) / "data.mdb").stat().st_mtime_ns)
        return cls(Path(path), manifest.count, manifest.digest)

    @property
    def manifest(self) -> Manifest:
        """What the folder says of itself, or what was found in it."""
        if not _foreign(self.path):
            return super().manifest
        return _adopted(self.path, (self.path / "data.mdb").stat().st_mtime_ns)

    def __getitem__(self, index: int) -> Word:
        """Word `index` (0-based) without its facts, which `rows` gives."""
        folder, place = self.place(index)
        with environment(folder).begin() as transaction:
            return _read(transaction, folder, place)

    def __iter__(self) -> Iterator[Word]:
        """All words in order with their facts."""
        rows = self.rows()
        for folder, part in zip(self.folders(), self.manifest.parts, strict=True):
            with environment(folder).begin() as transaction:
                for place in range(part.count):
                    yield _read(transaction, folder, place, next(rows, None))


class WordWriter(ShardWriter):
    """Writes words to one LMDB. Pictures go to disk as they come; labels are kept packed until the end,

    so that all keys are written in ascending order.
    """

    kind: ClassVar[str] = "words"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._store, self._count = Store(folder, ordered=True), 0
        self._labels, self._ends, self._sizes = bytearray(), array("Q"), array("I")

    def add(self, word: Word) -> None:
        """Append one word."""
        self._count += 1
        self._store.put(b"image-%09d" % self._count, word.image)
        self._labels += word.label.encode()
        self._ends.append(len(self._labels))
        self._sizes.extend(word.size)
        row = word_row(word)
        self._record(word_digest(word, row), row)

    def _close(self) -> None:
        start = 0
        for number, end in enumerate(self._ends, 1):
            self._store.put(b"label-%09d" % number, bytes(self._labels[start:end]))
            start = end
        self._store.put(b"num-samples", str(self._count).encode())
        for number in range(1, self._count + 1):
            width, height = self._sizes[2 * number - 2 : 2 * number]
            self._store.put(b"wh-%09d" % number, b"%d_%d" % (width, height))
        self._store.close()


def _foreign(path: Path) -> bool:
    return (path / "data.mdb").is_file() and not (path / NAME).is_file()


@lru_cache(maxsize=8)
def _adopted(path: Path, modified: int) -> Manifest:
    """The manifest that an LMDB without one would have; `modified` makes a changed file be read again."""
    with environment(path).begin() as transaction:
        count = transaction.get(b"num-samples")
        if count is None:
            raise ValueError(f"{path}: no `num-samples`, so this is not a word LMDB")
        words = (_read(transaction, path, place) for place in range(int(count)))
        digest = digest_of(record_digest(word.image, word.label.encode()) for word in words)
    part = Part(path="data.mdb", count=int(count), bytes=(path / "data.mdb").stat().st_size)
    return Manifest(kind=WordLmdb.kind, count=int(count), digest=digest, parts=(part,))


def _read(transaction: Any, folder: Path, place: int, row: Mapping[str, Any] | None = None) -> Word:
    number = place + 1
    image, label = transaction.get(b"image-%09d" % number), transaction.get(b"label-%09d" % number)
    if image is None or label is None:
        raise ValueError(f"{folder}: record {number} has no {'image' if image is None else 'label'}; make the LMDB again")
    width, height = (int(x) for x in transaction.get(b"wh-%09d" % number, b"0_0").split(b"_"))
    if row is None:
        return Word(f"{number:09d}", bytes(image), label.decode(), (width, height))
    facts = {key: value for key, value in row.items() if key not in OWN_COLUMNS}
    return Word(row["id"], bytes(image), label.decode(), (width, height), row["source"], facts)
