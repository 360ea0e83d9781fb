"""Labelled words as the field stores them: `image-%09d`, `label-%09d`, `wh-%09d` (1-based) and `num-samples`."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from json.encoder import encode_basestring as quoted
from pathlib import Path
from typing import Any, ClassVar

from str_pipelines.records import Refused, Table, Word
from str_pipelines.storage.digests import content, record_digest
from str_pipelines.storage.handles import ROWS, Handle
from str_pipelines.storage.manifests import Manifest
from str_pipelines.storage.samples import (
    COUNT,
    KIND,
    adopt,
    image_key,
    is_foreign,
    label_key,
    read_sample,
    sample_digests,
    size_key,
)
from str_pipelines.storage.shards import ShardWriter
from str_pipelines.storage.stores import Store
from str_pipelines.storage.tables import rows_in
from str_pipelines.text.lines import CONTROL

OWN_COLUMNS = ("id", "label", "source", "width", "height")
Row = Mapping[str, Any]


def word_row(word: Word) -> dict[str, Any]:
    """The sidecar row of a word: its own columns, then its facts."""
    width, height = word.size
    return {"id": word.id, "label": word.label, "source": word.source, "width": width, "height": height, **word.facts}


def word_digest(word: Word, row: Row) -> bytes:
    """Over picture, label and sidecar row."""
    return record_digest(word.image, word.label.encode(), content(row))


@dataclass(frozen=True)
class WordLmdb(Handle):
    """Words on disk. `words[i]` reads one, a loop reads all; open files are shared within a process.

    An LMDB of somebody else's, without a manifest, is counted and digested where it lies; its words have their number
    for an id. Where nothing says how large a picture is, its header does, and (0, 0) stands for what is no picture.
    """

    kind: ClassVar[str] = KIND

    @classmethod
    def read_manifest(cls, path: Path) -> Manifest:
        """What the folder says of itself, or what was found in it."""
        return adopt(path) if is_foreign(path) else super().read_manifest(path)

    @property
    def labelled(self) -> bool:
        """Whether its words have labels; where they have none, these are empty texts."""
        return bool(self.manifest.made.get("labels", True))

    def __getitem__(self, index: int) -> Word:
        """Word `index` (0-based) without source and facts, which `rows` gives."""
        return self._word(index, None)

    def __iter__(self) -> Iterator[Word]:
        """All words in order with their facts."""
        return (self._word(index, row) for index, row in self._places())

    def pick(self, places: Sequence[int]) -> Iterator[Word]:
        """The words at these places (from 0, ascending) with their facts."""
        layout = self.layout
        for start, end, folder, version in zip(
            (0, *layout.ends), layout.ends, layout.folders, layout.versions, strict=False
        ):
            inside = places[bisect_left(places, start) : bisect_left(places, end)]
            if inside:
                first, wanted = inside[0], frozenset(inside)
                rows = rows_in(Table(folder / ROWS, end - start, ""), range(first - start, inside[-1] + 1 - start))
                samples = ((place - start + 1, row) for place, row in enumerate(rows, first) if place in wanted)
                yield from (_with_facts(*read_sample(folder, version, number), row) for number, row in samples)

    def rows(self) -> Iterator[dict[str, Any]]:
        """As `Handle.rows`; nothing for an LMDB of somebody else's."""
        return iter(()) if is_foreign(self.path) else super().rows()

    def digests(self) -> Iterator[bytes]:
        """As `Handle.digests`; for an LMDB of somebody else's, over picture and label."""
        if not is_foreign(self.path):
            return super().digests()
        return sample_digests(self.path, self.layout.versions[0], self.count)

    def read_digests(self) -> Iterator[bytes | None]:
        """As `Handle.read_digests`."""
        for index, row in self._places():
            try:
                word = self._word(index, row)
            except ValueError:
                yield None
            else:
                yield _digest(word, row)

    def _places(self) -> Iterator[tuple[int, Row | None]]:
        return zip(range(self.count), chain(self.rows(), repeat(None)), strict=False)

    def _word(self, index: int, row: Row | None) -> Word:
        folder, version, place = self.layout.place(index)
        image, label, size = read_sample(folder, version, place + 1)
        if row is None:
            return Word(self.id_of(index), image, label, _size(size, image))
        return _with_facts(image, label, size, row)


def label_bytes(word: Word) -> bytes:
    """The label in UTF-8.

    Raises:
        Refused: `label_not_text` where it cannot be said so, `label_control_character`.
    """
    if not word.label.isprintable() and CONTROL.search(word.label):
        raise Refused("label_control_character", f"{word.id}: {word.label!r}")
    try:
        return word.label.encode()
    except UnicodeEncodeError as error:
        raise Refused("label_not_text", f"{word.id}: {error}") from error


class WordWriter(ShardWriter):
    """Writes words to one LMDB.

    Pictures go to disk as they come; labels are kept packed until the end, so that keys are written in ascending order.
    """

    kind: ClassVar[str] = KIND

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._store, self._count = Store(folder, ordered=True), 0
        self._labels, self._ends, self._sizes = bytearray(), array("Q"), array("I")

    def add(self, word: Word) -> None:
        """Append one word.

        Raises:
            Refused: as `label_bytes`. The writer is as it was before.
        """
        label, row = label_bytes(word), word_row(word)
        said = content(row) if word.facts else _plain(word)
        self._record(record_digest(word.image, label, said), row)
        self._count += 1
        self._store.put(image_key(self._count), word.image)
        self._labels += label
        self._ends.append(len(self._labels))
        self._sizes.extend(word.size)

    def _close(self) -> None:
        numbers, labels, sizes = range(1, self._count + 1), bytes(self._labels), iter(self._sizes)
        spans = zip(numbers, chain([0], self._ends), self._ends, strict=False)
        self._store.put_all((label_key(number), labels[start:end]) for number, start, end in spans)
        self._store.put(COUNT, b"%d" % self._count)
        self._store.put_all((size_key(number), b"%d_%d" % (next(sizes), next(sizes))) for number in numbers)
        self._store.close()

    def _release(self) -> None:
        self._store.release()


def _plain(word: Word) -> bytes:
    """`content` of the row of a word without facts, in a third of the time."""
    (width, height), name, label, source = word.size, quoted(word.id), quoted(word.label), quoted(word.source)
    said = f'{{"height":{height},"id":{name},"label":{label},"source":{source},"width":{width}}}'
    return said.encode()


def _digest(word: Word, row: Row | None) -> bytes:
    """As when it was written, with the size that the LMDB says, not the row."""
    if row is None:
        return record_digest(word.image, word.label.encode())
    return word_digest(word, {**row, "width": word.size[0], "height": word.size[1]})


def _with_facts(image: bytes, label: str, size: bytes, row: Row) -> Word:
    facts = {key: value for key, value in row.items() if key not in OWN_COLUMNS}
    return Word(row["id"], image, label, _size(size, image), row["source"], facts)


def _size(said: bytes, image: bytes) -> tuple[int, int]:
    """From "width_height", or else from the header of the picture."""
    width, _, height = said.partition(b"_")
    if width.isdigit() and height.isdigit():
        return int(width), int(height)
    from str_pipelines.imaging.decode import size_of

    try:
        return size_of(image)
    except Refused:
        return 0, 0
