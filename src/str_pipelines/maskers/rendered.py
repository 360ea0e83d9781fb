"""The true masks of words that this project's renderer has drawn: each is drawn again, and must come out the same."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from str_pipelines.imaging.decode import encode_jpeg
from str_pipelines.imaging.fonts import find_fonts
from str_pipelines.imaging.render import Renderer
from str_pipelines.imaging.words import WordStream
from str_pipelines.maskers.masker import Masked
from str_pipelines.records import Refused, Word
from str_pipelines.synthesis.config import RenderedWordsParams
from str_pipelines.synthesis.rendered_words import QUALITY, word_stream

NAME = re.compile(r"rendered-\d+-(\d+)")


class Rendered:
    """The coverage of the letters, 0 to 255, as `imaging.words.render_word` knows it.

    Options are those of `ingest.rendered_words.render`, as they were when the words were drawn.

    Raises:
        ValueError, FileNotFoundError: as `synthesis.rendered_words.render_words`.
    """

    full = 255

    def __init__(self, **options: Any) -> None:
        self._params = RenderedWordsParams(**options)
        painter, inputs = _opened(self._params)
        made_of = f"rendered {painter.digest} {self._params.model_dump_json()} {inputs[1]}"
        self.digest = hashlib.sha256(made_of.encode()).hexdigest()

    def __call__(self, words: Sequence[Word]) -> list[Masked | Refused]:
        """See `Masker`; refuses with `not_rendered` what another renderer, or this one otherwise, has made."""
        stream = _opened(self._params)[1][0]
        return [_masked(stream, word) for word in words]


@lru_cache(maxsize=2)
def _opened(params: RenderedWordsParams) -> tuple[Renderer, tuple[WordStream, tuple[str, ...]]]:
    """The renderer and its words, found once a process."""
    painter = Renderer(find_fonts(params.fonts))
    return painter, word_stream(painter, params)


def _masked(stream: WordStream, word: Word) -> Masked | Refused:
    found = NAME.fullmatch(word.id)
    if found is None:
        return Refused("not_rendered", f"{word.id!r} is no name that ingest.rendered_words gives")
    again = stream[int(found[1])]
    if encode_jpeg(again.image, QUALITY) != word.image:
        return Refused("not_rendered", f"{word.id} comes out otherwise: other options, fonts or versions drew it")
    return Masked(again.mask)
