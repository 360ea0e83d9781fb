"""Small labelled sets made on the spot, to try a reader where no benchmark lies. They are none themselves."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from str_pipelines.execution import Execution, run_shards
from str_pipelines.imaging.decode import encode_png
from str_pipelines.imaging.fonts import find_fonts, fonts_digest
from str_pipelines.imaging.render import VERSION as RENDER_VERSION
from str_pipelines.imaging.style import RenderOptions
from str_pipelines.imaging.words import WordStream
from str_pipelines.records import Word
from str_pipelines.storage.digests import work_key
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.storage.words import WordLmdb, WordWriter
from str_pipelines.synthesis.rendered_words import Photographs
from str_pipelines.text.lexicons import lexicon_digest, load_lexicon

STEP, VERSION = "evaluate.recognition.demo", 1
SEED = 2026  # not that of `ingest.rendered_words`, so that nobody is scored on the words that they have trained on
PLAIN = RenderOptions(effects=0, curve=0, weight=0, gradient=0, texture=0, soak=0, poisson=0, jpeg=0)
SMALL = 7  # pixels


def demo_words(scenes: SceneLmdb, count: int, execution: Execution) -> dict[str, WordLmdb]:
    """Sets of `count` rendered words by name: drawn plainly, half of them on photographs, and shrunk to 7 pixels."""
    fonts, lexicon = find_fonts(), load_lexicon(None)
    known = (scenes.digest, fonts_digest(fonts), lexicon_digest(lexicon), str(RENDER_VERSION))
    sets = {
        "demo_plain": (WordStream(fonts, lexicon, seed=SEED, options=PLAIN), None),
        "demo_photographs": (WordStream(fonts, lexicon, Photographs(scenes), SEED + 1), None),
        "demo_small": (WordStream(fonts, lexicon, seed=SEED + 2), SMALL),
    }
    made = {}
    for name, (stream, height) in sets.items():
        facts = {"count": count, "name": name, "height": height, "options": asdict(stream.options)}
        key = work_key(STEP, VERSION, facts, *known)
        work = partial(_shard, stream, name, height)
        made[name] = run_shards(WordLmdb, WordWriter, work, count, count, step=STEP, key=key, execution=execution)
    return made


def _shard(stream: WordStream, name: str, height: int | None, span: range, writer: WordWriter) -> None:
    for index in span:
        word = stream[index]
        image = _shrunk(word.image, height) if height else word.image
        writer.add(Word(f"{name}-{index:05d}", encode_png(image), word.label, (image.shape[1], image.shape[0]), name))


def _shrunk(image: NDArray[np.uint8], height: int) -> NDArray[np.uint8]:
    """The picture (H, W, 3) at this height, its shape kept."""
    width = max(1, round(image.shape[1] * height / image.shape[0]))
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
