"""The words of an LMDB that a recognizer can be taught: found once, kept as a few bytes a word, read one at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.decode import WORD_PIXELS, size_of
from str_pipelines.imaging.quick import decode_quick
from str_pipelines.recognizers.shape import Shape
from str_pipelines.recognizers.spelling import Census, Register, Spelling
from str_pipelines.recognizers.words import Sample
from str_pipelines.records import Refused
from str_pipelines.storage.environments import fetch
from str_pipelines.storage.handles import ROWS, Layout
from str_pipelines.storage.manifests import Version
from str_pipelines.storage.samples import image_key, label_key, read_sample, size_key
from str_pipelines.storage.words import WordLmdb

if TYPE_CHECKING:
    import pyarrow as pa

Piece = tuple["pa.Array", NDArray[np.int64]]
"""Labels (N) and sizes (N, 2), width and height in pixels, of records that follow one another."""
CHUNK, TRIES = 50_000, 100
T = TypeVar("T")
logger = logging.getLogger(__name__)
NARROWEST = 4
"""Pixels a character at the height of the network: in less nobody reads it, and CTC has no time step for it."""


@dataclass(frozen=True)
class StoredWords:
    """The usable words of an LMDB: their `places` in it (N,) and the widths in `pixels` (N,) that their pictures get.

    `census` is of all its words.
    """

    name: str
    words: WordLmdb
    spelling: Spelling
    places: NDArray[np.uint32]
    pixels: NDArray[np.uint16]
    census: Census

    def __len__(self) -> int:
        return len(self.places)

    def widths(self, epoch: int) -> NDArray[np.uint16]:
        """(N,) pixels; the same in every epoch."""
        return self.pixels

    def width(self, epoch: int, place: int) -> int:
        """`widths(epoch)[place]`."""
        return int(self.pixels[place])

    def read(self, epoch: int, place: int) -> Sample:
        """Picture (H, W, 3) uint8 RGB, text, and the key `set/number`, counted from 1 as in the LMDB.

        Where a picture cannot be decoded, though its header can be read, the next one of its width stands in for it.

        Raises:
            ValueError: many such pictures follow each other; or a label cannot be read, though it could before.
        """
        return first_readable(self._sample, chain([place], self._alike(place)), self.name, self.words.path)

    def _sample(self, place: int) -> Sample:
        index = int(self.places[place])
        folder, version, within = _layout(self.words).place(index)
        data, label, _ = read_sample(folder, version, within + 1)
        return decode_quick(data), self.spelling(label)[0], f"{self.name}/{index + 1:09d}"

    def _alike(self, place: int) -> Iterator[int]:
        """The places after this one, and round, whose pictures get the same width."""
        alike = np.flatnonzero(self.pixels == self.pixels[place])
        yield from map(int, np.roll(alike, -int(np.searchsorted(alike, place)) - 1))


def first_readable(read: Callable[[int], T], places: Iterable[int], name: str, path: Path) -> T:
    """The sample of the first place whose picture can be decoded; each that cannot is said once a process.

    Raises:
        ValueError: it is none of the first hundred.
    """
    why: Refused | None = None
    for place in islice(places, TRIES):
        try:
            return read(place)
        except Refused as refused:
            why = refused
            _say(f"{name}, usable picture {place + 1:,}: cannot be decoded ({refused}); the next one stands in for it")
    raise ValueError(
        f"{name} in {path}: picture after picture cannot be decoded ({why}). See what else is wrong with "
        f"`python -m str_pipelines.storage verify {path}`, and make the set again"
    )


@lru_cache(maxsize=10_000)
def _say(line: str) -> None:
    logger.warning("%s", line)


@lru_cache(maxsize=64)
def _layout(words: WordLmdb) -> Layout:
    """Looked at once a process, and not with every word: a set that is replaced meanwhile stays open as it was."""
    return words.layout


def index_words(name: str, words: WordLmdb, spelling: Spelling, shape: Shape) -> StoredWords:
    """Go through labels and sizes of a set, not its pictures, and keep what can be taught.

    Left out and counted: labels that `spelling` drops, `image_unreadable` and `image_too_large` by their sizes,
    `label_too_dense` with fewer than four pixels a character.
    An LMDB of somebody else's that has no sizes tells them by the headers of its pictures.

    Raises:
        ValueError: the set is unlabelled: all of its labels are empty, or the `###` that stands for none.
    """
    register, codes = Register(spelling), _Codes()
    kept: list[NDArray[np.bool_]] = []
    widths: list[NDArray[np.uint16]] = []
    for labels, sizes in pieces(words):
        reasons = codes.of(labels, register)
        areas = sizes[:, 0] * sizes[:, 1]
        reasons[(reasons == 0) & (areas == 0)] = codes.number("image_unreadable")
        reasons[(reasons == 0) & (areas > WORD_PIXELS)] = codes.number("image_too_large")
        fitted = shape.width_of(*np.maximum(sizes, 1).T).astype(np.uint16)
        reasons[(reasons == 0) & (fitted < NARROWEST * _lengths(labels))] = codes.number("label_too_dense")
        codes.count(reasons, register.census)
        kept.append(reasons == 0)
        widths.append(fitted[kept[-1]])
    if register.census.unlabelled:
        raise ValueError(
            f"{words.path}: none of its {len(words):,} words has a label, so that no recognizer can learn from it; "
            "`ccd.pretrain` can (ccd.pretrain.train.pictures.more)"
        )
    empty = [np.empty(0, np.uint16)]
    places = np.flatnonzero(np.concatenate(kept or [np.empty(0, np.bool_)])).astype(np.uint32)
    return StoredWords(name, words, spelling, places, np.concatenate(widths or empty), register.census)


class _Codes:
    """Reasons as small numbers, 0 for none."""

    def __init__(self) -> None:
        self._numbers = {"": 0}

    def number(self, reason: str) -> int:
        return self._numbers.setdefault(reason, len(self._numbers))

    def of(self, labels: pa.Array, register: Register) -> NDArray[np.int64]:
        """(N,) the reason for each label; each distinct one is judged once."""
        encoded = labels.dictionary_encode()
        places, distinct = encoded.indices.to_numpy(), encoded.dictionary.to_pylist()
        times = np.bincount(places, minlength=len(distinct)).tolist()
        numbers = [self.number(register.reason(*each)) for each in zip(distinct, times, strict=True)]
        reasons: NDArray[np.int64] = np.array(numbers, np.int64)[places]
        return reasons

    def count(self, reasons: NDArray[np.int64], census: Census) -> None:
        counts = np.bincount(reasons, minlength=len(self._numbers)).tolist()
        census.words += len(reasons)
        census.kept += counts[0]
        census.dropped.update({reason: counts[number] for reason, number in self._numbers.items() if counts[number]})
        del census.dropped[""]


def _lengths(labels: pa.Array) -> NDArray[np.int64]:
    """(N,) characters of each raw label."""
    import pyarrow.compute as pc

    lengths: NDArray[np.int64] = pc.utf8_length(labels).to_numpy().astype(np.int64)
    return lengths


def pieces(words: WordLmdb) -> Iterator[Piece]:
    """Labels and sizes of all words in order, without a look at their pictures where a sidecar or a key has sizes."""
    if all((folder / ROWS).is_file() for folder in words.folders()):
        return chain.from_iterable(_from_sidecar(words, number) for number in range(len(words.folders())))
    return _from_records(words)


def _from_sidecar(words: WordLmdb, number: int) -> Iterator[Piece]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(words.folders()[number] / ROWS) as file:
        if not file.metadata.num_rows:
            return
        for batch in file.iter_batches(CHUNK, columns=["label", "width", "height"]):
            sizes = np.stack([batch.column(side).to_numpy() for side in ("width", "height")], axis=1)
            yield batch.column("label"), sizes


def _from_records(words: WordLmdb) -> Iterator[Piece]:
    """Of an LMDB without a sidecar, which is one folder."""
    import pyarrow as pa

    if not len(words):
        return
    folder, version, _ = words.layout.place(0)
    for start in range(1, len(words) + 1, CHUNK):
        numbers = range(start, min(start + CHUNK, len(words) + 1))
        labels = fetch(folder, version, map(label_key, numbers))
        said = fetch(folder, version, map(size_key, numbers))
        sizes = [_size(folder, version, *each) for each in zip(numbers, said, strict=True)]
        yield pa.array([(label or b"").decode() for label in labels], pa.string()), np.array(sizes, np.int64)


def _size(folder: Path, version: Version, number: int, said: bytes | None) -> tuple[int, int]:
    """From "width_height", or else from the header of the picture; (0, 0) where that is none."""
    width, _, height = (said or b"").partition(b"_")
    if width.isdigit() and height.isdigit():
        return int(width), int(height)
    [image] = fetch(folder, version, [image_key(number)])
    try:
        return size_of(image or b"")
    except Refused:
        return 0, 0
