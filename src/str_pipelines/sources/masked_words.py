"""Words whose text is marked pixel by pixel behind one interface, and the step that writes any of them to a word LMDB.

Their masks follow as those of any words do (`maskers.annotated`), each beside the picture that it was made for.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache, partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from str_pipelines.execution import Execution, run_shards
from str_pipelines.records import Refused, Rejection, Word
from str_pipelines.sources import plane_config as c
from str_pipelines.sources.demo_masked import DemoMasked
from str_pipelines.sources.textseg import TextSeg
from str_pipelines.storage.digests import work_key
from str_pipelines.storage.words import WordLmdb, WordWriter

STEP, VERSION = "ingest.masked_words", 1


class MaskedWords(Protocol):
    """A raw set that knows how much it lists, reads any range of it, and finds the mask of a word by its name."""

    @property
    def digest(self) -> str:
        """Changes when the set does."""
        ...

    def __len__(self) -> int: ...

    def words(self, span: range) -> Iterator[Word | Rejection]:
        """The words of a range, and why one cannot be used; `part` in their facts says what they are for."""
        ...

    def again(self, name: str) -> tuple[bytes, NDArray[np.uint8]]:
        """The encoded picture of a word, and its mask (h, w) uint8, 0 to 255.

        Raises:
            Refused: there is none.
        """
        ...


def open_masked(source: c.MaskedSource, limit: int | None = None) -> MaskedWords:
    """The set of a configuration.

    Raises:
        FileNotFoundError, ValueError: as `TextSeg`.
    """
    match source:
        case c.DemoMaskedSource():
            return DemoMasked(source, limit)
        case c.TextSegSource():
            return TextSeg(source, limit)


def ingest(params: c.ReadMaskedParams, execution: Execution) -> WordLmdb:
    """Write the words of a set to a word LMDB.

    Raises:
        FileNotFoundError: its listing is missing.
        ValueError: the listing cannot be read, or no word can be used.
    """
    source = open_masked(params.source, params.limit)
    digest = source.digest
    words = run_shards(
        WordLmdb,
        WordWriter,
        partial(_write, params, digest),
        len(source),
        params.shard_size,
        step=STEP,
        key=work_key(STEP, VERSION, {"limit": params.limit}, digest),
        execution=execution,
        made={"source": params.source.model_dump(mode="json")},
    )
    if not len(words):
        raise ValueError(f"no word of {params.source!r} can be used: {dict(words.manifest.rejected)}")
    return words


@lru_cache(maxsize=1)
def _reopened(params: c.ReadMaskedParams, digest: str) -> MaskedWords:
    """The set as it was when the run began, opened once a process."""
    source = open_masked(params.source, params.limit)
    if source.digest != digest:
        raise ValueError(f"{params.source!r} has changed since this step began; run it again")
    return source


def _write(params: c.ReadMaskedParams, digest: str, span: range, writer: WordWriter) -> None:
    for found in _reopened(params, digest).words(span):
        if isinstance(found, Rejection):
            writer.reject(found)
            continue
        try:
            writer.add(found)
        except Refused as refused:
            writer.reject(Rejection(found.source, found.id, refused.reason, refused.detail))
