"""The masks that a set brought along: TextSeg's, cut out as its words were; those of drawn words, drawn again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from str_pipelines.maskers.masker import Masked
from str_pipelines.records import Refused, Word
from str_pipelines.sources.masked_words import MaskedWords, open_masked
from str_pipelines.sources.plane_config import MaskedSource, masked_source_of

VERSION = 1


class Annotated:
    """Text to a degree, 0 to 255; `storage.masks.OPEN` where nobody has said.

    Options are those of `ingest.masked_words.read.source`, `kind` among them.

    Raises:
        ValueError, FileNotFoundError: as `sources.masked_words.open_masked`.
    """

    full = 255

    def __init__(self, **options: Any) -> None:
        self._source = masked_source_of(options)
        known = open_masked(self._source).digest
        self.digest = hashlib.sha256(f"annotated {VERSION} {known}".encode()).hexdigest()

    def __call__(self, words: Sequence[Word]) -> list[Masked | Refused]:
        """See `Masker`; refuses with `not_of_this_set`, and `picture_differs` where the word has another picture."""
        opened = _opened(self._source, self.digest)
        return [_masked(opened, word) for word in words]


@lru_cache(maxsize=2)
def _opened(source: MaskedSource, _: str) -> MaskedWords:
    """The set, opened once a process and state."""
    return open_masked(source)


def _masked(source: MaskedWords, word: Word) -> Masked | Refused:
    try:
        image, mask = source.again(word.id)
    except Refused as refused:
        return refused
    if image != word.image:
        return Refused("picture_differs", f"{word.id} comes out otherwise now; ingest the words again")
    return Masked(mask)
