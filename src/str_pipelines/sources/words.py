"""Words, labelled or not, behind one interface, and the step that writes any of them to a word LMDB."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache, partial
from typing import Protocol, TypeVar

from str_pipelines.execution import Execution, run_shards
from str_pipelines.records import Refused, Rejection, Word
from str_pipelines.sources import word_config as c
from str_pipelines.sources.demo_words import DemoWords
from str_pipelines.sources.labelled import Found, Labelled
from str_pipelines.sources.mj_archive import open_mj
from str_pipelines.sources.published.source import Published
from str_pipelines.sources.sizes import checked_size
from str_pipelines.sources.synthtext import SynthText
from str_pipelines.sources.unlabelled import open_unlabelled
from str_pipelines.sources.word_lmdbs import WordLmdbs
from str_pipelines.storage.digests import work_key
from str_pipelines.storage.handles import Handle
from str_pipelines.storage.shards import ShardWriter
from str_pipelines.storage.words import WordLmdb, WordWriter

STEP, VERSION = "ingest.words", 1
H = TypeVar("H", bound=Handle)


class WordSource(Protocol):
    """A raw set that knows how many words it lists and reads any range of them."""

    listed: str
    """Changes when a listing changes."""

    @property
    def digest(self) -> str:
        """Changes when a listing, or what it lists, changes."""
        ...

    def __len__(self) -> int: ...

    def words(self, span: range) -> Iterator[Found | Word | Rejection]:
        """The words of a range of the listing, and why one cannot be used.

        No picture is decoded, but those that words are cut out of.
        """
        ...


class WordsWriter(Protocol):
    """What takes words and what could not be used."""

    def add(self, word: Word) -> None:
        """Take a word, or raise `Refused`."""
        ...

    def reject(self, rejection: Rejection, picture: bytes = b"") -> None:
        """Take what could not be used."""
        ...


def open_words(params: c.ReadWordsParams, execution: Execution) -> WordSource:
    """The source of a configuration; its listing is read here, its pictures are not."""
    match params.source:
        case c.DemoWordSource() as source:
            return DemoWords(source, params.limit)
        case c.TsvSource() | c.OdgtSource() as source:
            return Labelled(source, execution, params.limit)
        case c.WordLmdbSource() as source:
            return WordLmdbs(source, params.limit)
        case c.UnlabelledSource() as source:
            return open_unlabelled(source, execution, params.limit)
        case c.MjSource() as source:
            return open_mj(source, execution, params.limit)
        case c.StSource() as source:
            return SynthText(source, params, execution)
        case c.PublishedSource() as source:
            return Published(source, params, execution)


def ingest(params: c.ReadWordsParams, execution: Execution) -> WordLmdb:
    """Write the words of a source to a word LMDB, each picture decoded, or its header read, to know that it can be.

    Raises:
        FileNotFoundError: a listing is missing.
        ValueError: an LMDB cannot be read, or no word can be used.
    """
    words = read_shards(WordLmdb, WordWriter, STEP, params, execution)
    if not len(words):
        raise ValueError(f"no word of {params.source!r} can be used: {_why(words)}")
    return words


def read_shards(
    handle: type[H], writer: type[ShardWriter], step: str, params: c.ReadWordsParams, execution: Execution
) -> H:
    """Give the words of a source, each looked at, to writers that have `add` for a word, a shard each."""
    source = open_words(params, execution)
    how = params.model_dump(mode="json", exclude={"source", "shard_size"})
    return run_shards(
        handle,
        writer,
        partial(_write, params, execution, source.listed),
        len(params.span(len(source))),
        params.shard_size,
        step=step,
        key=work_key(step, VERSION, {**how, "licence": params.source.licence}, source.digest),
        execution=execution,
        made={"source": params.source.model_dump(mode="json"), **how, "labels": params.labelled},
    )


@lru_cache(maxsize=1)
def _reopened(params: c.ReadWordsParams, execution: Execution, listed: str) -> WordSource:
    """The source as it was when the run began, its listing found once a process."""
    source = open_words(params, execution)
    if source.listed != listed:
        raise ValueError(f"{params.source!r} has changed since this step began; run it again")
    return source


def _write(params: c.ReadWordsParams, execution: Execution, listed: str, span: range, writer: WordsWriter) -> None:
    source = _reopened(params, execution, listed)
    first = params.span(len(source)).start
    for found in source.words(range(first + span.start, first + span.stop)):
        if isinstance(found, Rejection):
            writer.reject(found)
            continue
        name, image, _, where = (found.id, found.image, found.label, found.source) if isinstance(found, Word) else found
        try:
            writer.add(found if isinstance(found, Word) else _checked(found, params))
        except Refused as refused:
            writer.reject(Rejection(where, name, refused.reason, refused.detail), image)


def _checked(found: Found, params: c.ReadWordsParams) -> Word:
    name, image, label, source = found
    if not label and params.labelled:
        raise Refused("label_empty", "a word has a label")
    return Word(name, image, label, checked_size(image, params), source)


def _why(words: WordLmdb) -> str:
    counts = Counter(words.manifest.rejected).most_common()
    first = next(words.rejections(), None)
    said = ", ".join(f"{count} {reason}" for reason, count in counts)
    return f"{said}; {first.record}: {first.detail}" if first else "none is listed"
