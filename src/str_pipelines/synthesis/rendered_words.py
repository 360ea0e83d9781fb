"""Words rendered without a scene, as a labelled set: something to begin a recognizer with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import overload

import numpy as np
from numpy.typing import NDArray

from str_pipelines.execution import Execution, run_shards
from str_pipelines.imaging.decode import WORD_PIXELS, decode, encode_jpeg
from str_pipelines.imaging.painter import Painter
from str_pipelines.imaging.render import Renderer
from str_pipelines.imaging.sheets import Cell, sheet
from str_pipelines.imaging.words import WordStream
from str_pipelines.records import Refused, Rejection, Report, Word
from str_pipelines.storage.digests import work_key
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.storage.words import WordLmdb, WordWriter
from str_pipelines.synthesis.config import RenderedWordsParams
from str_pipelines.synthesis.paint import flat_quads
from str_pipelines.text.charsets import load_charset
from str_pipelines.text.lexicons import lexicon_digest, load_lexicon

STEP, VERSION = "ingest.rendered_words", 2
SHEET_WORDS = 96
QUALITY = 95  # of JPEG


@dataclass(frozen=True)
class Photographs(Sequence[NDArray[np.uint8]]):
    """The photographs of scenes, decoded when they are asked for, the last few once."""

    scenes: SceneLmdb

    def __len__(self) -> int:
        return len(self.scenes)

    @overload
    def __getitem__(self, index: int) -> NDArray[np.uint8]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[NDArray[np.uint8]]: ...
    def __getitem__(self, index: int | slice) -> NDArray[np.uint8] | Sequence[NDArray[np.uint8]]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        return _photograph(self.scenes, index)


def render_words(painter: Painter, params: RenderedWordsParams, execution: Execution) -> WordLmdb:
    """`count` words of a lexicon, their fonts and characters in the sidecar.

    Raises:
        ValueError: the painter is not the renderer, or the charset has no word of the lexicon.
        FileNotFoundError: lexicon, charset or the scenes for grounds are not there.
    """
    if not isinstance(painter, Renderer):
        raise ValueError("words without a scene are drawn by the renderer alone; give a painter whose name is `render`")
    stream, inputs = word_stream(painter, params)
    return run_shards(
        WordLmdb,
        WordWriter,
        partial(_shard, stream),
        params.count,
        params.shard_size,
        step=STEP,
        key=work_key(STEP, VERSION, params, painter.digest, *inputs),
        execution=execution,
        made={"painter": painter.digest},
    )


def word_stream(painter: Renderer, params: RenderedWordsParams) -> tuple[WordStream, tuple[str, ...]]:
    """The endless words of which a set has the first `count`, and the digests of what they are drawn of.

    Raises:
        ValueError, FileNotFoundError: as `render_words`.
    """
    words, charset = load_lexicon(params.lexicon or None), load_charset(params.charset)
    lexicon = [word for word in words if charset.covers(word.lower()) or charset.covers(word.upper())]
    if not lexicon:
        raise ValueError(f"the charset {charset.name} has no word of the lexicon; give one that goes with the other")
    scenes = SceneLmdb.at(Path(params.grounds)) if params.grounds else None
    grounds = Photographs(scenes) if scenes else ()
    stream = WordStream(painter.fonts, lexicon, grounds, params.seed, 0, painter.options, charset, params.signs)
    return stream, (lexicon_digest(lexicon), charset.digest, scenes.digest if scenes else "")


def card(words: WordLmdb) -> Report:
    """How many words, labels, fonts and characters there are, and a sheet of words from all over the set."""
    rows = list(words.rows())
    figures = {
        "words": len(rows),
        "labels": len({row["label"] for row in rows}),
        "fonts": len({row["font"] for row in rows}),
        "characters": len({character for row in rows for character in row["label"]}),
    }
    count = min(SHEET_WORDS, len(words))
    shown = [words[index * len(words) // count] for index in range(count)]
    cells = [Cell([decode(word.image, WORD_PIXELS)], word.label) for word in shown]
    said = ", ".join(f"{value:,} {name}" for name, value in figures.items())
    text = f"# Rendered words\n\n{said}. Content digest `{words.digest}`.\n"
    metrics = {"rendered": {name: float(value) for name, value in figures.items()}}
    return Report(metrics, text, sheets={"rendered_words": sheet(cells, columns=8, title="rendered words")})


@lru_cache(maxsize=16)
def _photograph(scenes: SceneLmdb, index: int) -> NDArray[np.uint8]:
    return scenes.pixels(scenes.id_of(index))


def _shard(stream: WordStream, span: range, writer: WordWriter) -> None:
    for index in span:
        name = f"rendered-{stream.seed}-{index:09d}"
        try:
            word = stream[index]
        except Refused as refused:
            writer.reject(Rejection("rendered", name, refused.reason, refused.detail))
            continue
        facts = {"kind": "rendered", "font": word.font, "characters": flat_quads(word.characters)}
        size = (word.image.shape[1], word.image.shape[0])
        writer.add(Word(name, encode_jpeg(word.image, QUALITY), word.label, size, "rendered", facts))
