"""Read many pictures with one reader: in chunks, so that it may batch, and whole sets in shards, to tables."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import islice
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from str_pipelines.execution import Execution, build_table, run_shards
from str_pipelines.imaging.crop import upright
from str_pipelines.imaging.decode import WORD_PIXELS, decode, size_of
from str_pipelines.recognizers.reader import Reader
from str_pipelines.records import Refused, Rejection, Table
from str_pipelines.sources.files import shown
from str_pipelines.sources.pictures import Pictures
from str_pipelines.storage.digests import work_key
from str_pipelines.storage.rows import Rows, RowsWriter
from str_pipelines.storage.tables import iterate, rows_of
from str_pipelines.storage.words import WordLmdb

logger = logging.getLogger(__name__)
VERSION, SHARD = 2, 500
SAMPLE = 64
CHUNK, CHUNK_PIXELS = 64, 16_000_000  # pictures, and their pixels, that are in memory and given to the reader at once
K = TypeVar("K")


@dataclass(frozen=True)
class Loader:
    """Makes a reader; two are equal where the digests of what they load are. Picklable if `load` is."""

    digest: str
    load: Callable[[], Reader] = field(compare=False)


@lru_cache(maxsize=1)
def loaded(loader: Loader) -> Reader:
    """The reader, loaded once a process."""
    return loader.load()


class Outcome(NamedTuple):
    """What came of a picture: the reading and its confidence, 0 to 1, or the reason why there is none.

    `width` and `height` are those of the picture as the reader got it, in pixels; 0 where nothing says how large it is.
    """

    reading: str
    confidence: float
    width: int
    height: int
    reason: str = ""
    detail: str = ""


Picture = NDArray[np.uint8] | Outcome


def read_pictures(
    pictures: Iterable[tuple[K, bytes | Refused]], reader: Reader, turn: bool
) -> Iterator[tuple[K, Outcome]]:
    """What came of each picture, in order; none stops the others.

    Args:
        pictures: whatever tells one from the next, and how it is encoded, or why there is none.
        turn: whether one that is more than 1.5 times as high as wide is turned 90° counter-clockwise.
    """
    for chunk in _chunks((key, _decoded(picture, turn)) for key, picture in pictures):
        images = [picture for _, picture in chunk if not isinstance(picture, Outcome)]
        said = iter(_said(images, reader))
        for key, picture in chunk:
            yield key, picture if isinstance(picture, Outcome) else _outcome(picture, next(said))


def read_words(words: WordLmdb, loader: Loader, execution: Execution, step: str, turn: bool = True) -> Table:
    """One row a word: `index` in the set, `id`, `label`, and the fields of `Outcome` but `detail`.

    A picture that cannot be read has an empty reading of confidence 0. `turn` is as in `read_pictures`.
    """
    key = work_key(step, VERSION, {"shard": SHARD, "turn": turn}, words.digest, loader.digest)
    work = partial(_words_shard, words, loader, turn)
    rows = run_shards(Rows, RowsWriter, work, len(words), SHARD, step=f"{step}.shards", key=key, execution=execution)
    return build_table(rows.rows, step=step, key=key, execution=execution)


def read_sets(sets: Table, loader: Loader, turn: bool, execution: Execution, step: str) -> Table:
    """The rows of `read_words`, each with its `set` before it, of one set after the other.

    Args:
        sets: `set`, `path` and `digest` of each set of words.

    Raises:
        ValueError: a set is not what it was when it was listed.
    """
    tables: dict[str, Table] = {}
    for row in rows_of(sets):
        words = WordLmdb.at(row["path"])
        if words.digest != row["digest"]:
            raise ValueError(f"{words.path} has changed since this run began; run it again")
        logger.info("%s: reading %d words of %s", step, len(words), row["set"])
        tables[row["set"]] = read_words(words, loader, execution, step, turn)
    key = work_key(step, VERSION, {}, *(part for name, table in tables.items() for part in (name, table.digest)))
    rows = ({"set": name, **row} for name, table in tables.items() for row in iterate(table.path))
    return build_table(lambda: rows, step=f"{step}.all", key=key, execution=execution)


def read_listed(pictures: Pictures, loader: Loader, turn: bool, execution: Execution, step: str) -> Table:
    """One row a picture: `path` and the fields of `Outcome`. Whatever is wrong with a picture is in its row."""
    key = work_key(step, VERSION, {"shard": SHARD, "turn": turn}, pictures.digest, loader.digest)
    work = partial(_listed_shard, pictures, loader, turn)
    rows = run_shards(Rows, RowsWriter, work, len(pictures), SHARD, step=f"{step}.shards", key=key, execution=execution)
    return build_table(rows.rows, step=step, key=key, execution=execution)


def sample(sets: Table, predictions: Table, turn: bool) -> list[NDArray[np.uint8]]:
    """Up to `SAMPLE` pictures from all over these sets, as the reader gets them.

    Args:
        sets, predictions: as `read_sets` takes and gives them. What could not be read is passed over.

    Raises:
        ValueError: nothing could be read.
    """
    places = {row["set"]: WordLmdb.at(row["path"]) for row in rows_of(sets)}
    rows = (row for row in iterate(predictions.path, ("set", "index", "reason")) if not row["reason"])
    chosen = list(islice(rows, 0, None, max(1, predictions.rows // SAMPLE)))[:SAMPLE]
    if not chosen:
        raise ValueError("no picture of these sets could be read, so there is nothing to time; see the reasons")
    images = (decode(places[row["set"]][row["index"]].image, WORD_PIXELS) for row in chosen)
    return [upright(image) if turn else image for image in images]


def _words_shard(words: WordLmdb, loader: Loader, turn: bool, span: range, writer: RowsWriter) -> None:
    items = (((index, word.id, word.label), word.image) for index in span for word in [words[index]])
    for (index, name, label), outcome in read_pictures(items, loaded(loader), turn):
        row = {"index": index, "id": name, "label": label, **outcome._asdict()}
        if outcome.reason:
            writer.reject(Rejection(str(words.path), name, outcome.reason, outcome.detail))
        writer.add({column: value for column, value in row.items() if column != "detail"})


def _listed_shard(pictures: Pictures, loader: Loader, turn: bool, span: range, writer: RowsWriter) -> None:
    for name, outcome in read_pictures(pictures.read(span), loaded(loader), turn):
        writer.add({"path": name, **outcome._asdict()})


def _decoded(picture: bytes | Refused, turn: bool) -> Picture:
    """The pixels, or what came of a picture that has none; its size is what its header says, if it has one."""
    if isinstance(picture, Refused):
        return _refusal((0, 0), picture)
    try:
        image = decode(picture, WORD_PIXELS)
    except Refused as refused:
        return _refusal(_size(picture), refused)
    return upright(image) if turn else image


def _size(picture: bytes) -> tuple[int, int]:
    try:
        return size_of(picture)
    except Refused:
        return 0, 0


def _chunks(pictures: Iterable[tuple[K, Picture]]) -> Iterator[list[tuple[K, Picture]]]:
    chunk: list[tuple[K, Picture]] = []
    pixels = 0
    for key, picture in pictures:
        chunk.append((key, picture))
        pixels += 0 if isinstance(picture, Outcome) else picture.shape[0] * picture.shape[1]
        if len(chunk) == CHUNK or pixels >= CHUNK_PIXELS:
            yield chunk
            chunk, pixels = [], 0
    yield chunk


def _said(images: Sequence[NDArray[np.uint8]], reader: Reader) -> list[tuple[str, float] | Refused]:
    """What the reader says of each image, or why it refuses; one that it refuses is looked for by halves."""
    if not images:
        return []
    try:
        return list(reader.read(images))
    except Refused as refused:
        if len(images) == 1:
            return [refused]
    half = len(images) // 2
    return _said(images[:half], reader) + _said(images[half:], reader)


def _outcome(image: NDArray[np.uint8], said: tuple[str, float] | Refused) -> Outcome:
    size = image.shape[1], image.shape[0]
    return _refusal(size, said) if isinstance(said, Refused) else Outcome(said[0], round(float(said[1]), 5), *size)


def _refusal(size: tuple[int, int], refused: Refused) -> Outcome:
    return Outcome("", 0.0, *size, refused.reason, shown(refused.detail))
