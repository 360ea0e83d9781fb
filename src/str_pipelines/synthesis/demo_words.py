"""Small labelled sets made on the spot, to try a reader where no benchmark lies. They are none themselves."""

from __future__ import annotations

from str_pipelines.execution import Execution
from str_pipelines.imaging.fonts import find_fonts
from str_pipelines.imaging.render import Renderer
from str_pipelines.imaging.style import RenderOptions
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.storage.words import WordLmdb
from str_pipelines.synthesis.config import RenderedWordsParams
from str_pipelines.synthesis.rendered_words import render_words

SEED = 2026  # the seed keeps them apart from the words that `ingest.rendered_words` draws for training
PLAIN = RenderOptions(effects=0, curve=0, weight=0, gradient=0, texture=0, soak=0, jpeg=0)
WORN = RenderOptions(effects=0.6, curve=0.5, gradient=0.5, texture=0.5, soak=1, jpeg=1, contrast=15)


def demo_words(scenes: SceneLmdb, count: int, execution: Execution) -> dict[str, WordLmdb]:
    """Sets of `count` rendered words by name: drawn plainly, drawn with every effect, half of them on photographs."""
    fonts = find_fonts()
    made = {
        "demo_plain": (PLAIN, ""),
        "demo_worn": (WORN, ""),
        "demo_photographs": (RenderOptions(), str(scenes.path)),
    }
    return {
        name: render_words(
            Renderer(fonts, options),
            RenderedWordsParams(count=count, seed=SEED + number, grounds=grounds),
            execution,
        )
        for number, (name, (options, grounds)) in enumerate(made.items())
    }
