"""The steps of `ingest`; the parsers are in sources/."""

from __future__ import annotations

from str_pipelines.execution import Execution
from str_pipelines.records import Report
from str_pipelines.sources.config import ScenesParams
from str_pipelines.sources.raw import RawScenes, RawWords
from str_pipelines.sources.word_config import ReadWordsParams
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.storage.words import WordLmdb
from str_pipelines.synthesis.config import RenderedScenesParams, RenderedWordsParams


def read_scenes(raw: RawScenes, params: ScenesParams, finder: Checkpoint, execution: Execution) -> SceneLmdb:
    """Photographs of a raw set, with their text, each decoded once to know that it can be."""
    from str_pipelines.sources.scenes import ingest
    from str_pipelines.zoo import load_finder

    return ingest(params.of(raw.source), execution, load_finder(finder))


def preview_scenes(raw: RawScenes, params: ScenesParams, finder: Checkpoint, execution: Execution) -> Report:
    """The same as a dry run: what would be read, what turned away and why."""
    from str_pipelines.sources.preview import preview
    from str_pipelines.zoo import load_finder

    return preview(params.of(raw.source), execution, load_finder(finder))


def read_words(raw: RawWords, params: ReadWordsParams, execution: Execution) -> WordLmdb:
    """Pictures of words with their labels, each looked at once to know that it can be decoded."""
    from str_pipelines.sources.words import ingest

    return ingest(params.of(raw.source), execution)


def describe_words(words: WordLmdb) -> Report:
    """Counts, sizes, characters, what was turned away, and a sheet."""
    from str_pipelines.sources.words_card import card

    return card(words)


def render_words(painter: Checkpoint, params: RenderedWordsParams, execution: Execution) -> WordLmdb:
    """Words of a lexicon drawn in fonts, each on a ground of its own."""
    from str_pipelines.synthesis.rendered_words import render_words as rendered
    from str_pipelines.zoo import load_painter

    return rendered(load_painter(painter, params.fonts), params, execution)


def describe_rendered_words(words: WordLmdb) -> Report:
    """Counts and a sheet."""
    from str_pipelines.synthesis.rendered_words import card

    return card(words)


def render_scenes(painter: Checkpoint, params: RenderedScenesParams, execution: Execution) -> SceneLmdb:
    """Signs with words of a lexicon painted into pieces of photographs and onto walls."""
    from str_pipelines.synthesis.rendered_scenes import render_scenes as rendered
    from str_pipelines.zoo import load_painter

    return rendered(load_painter(painter, params.fonts), params, execution)


def describe_rendered_scenes(scenes: SceneLmdb) -> Report:
    """Counts, heights and lengths of words, and a sheet."""
    from str_pipelines.synthesis.rendered_scenes import card

    return card(scenes)
