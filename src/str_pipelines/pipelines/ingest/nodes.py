"""The steps of `ingest`; the parsers are in sources/."""

from __future__ import annotations

from pathlib import Path

from str_pipelines.curation.leaks_params import LeaksParams
from str_pipelines.execution import Execution
from str_pipelines.records import Report, Table
from str_pipelines.sources.config import ScenesParams
from str_pipelines.sources.plane_config import ReadMaskedParams, ReadPairsParams
from str_pipelines.sources.planes import RawMasked, RawPairs
from str_pipelines.sources.raw import RawScenes, RawWords
from str_pipelines.sources.word_config import ReadWordsParams
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.masks import MaskLmdb
from str_pipelines.storage.pairs import PairLmdb
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


def preview_words(raw: RawWords, params: ReadWordsParams, execution: Execution) -> Report:
    """The same as a dry run: how many would be read, how many turned away and why."""
    from str_pipelines.sources.words_preview import preview

    return preview(params.of(raw.source), execution)


def describe_words(words: WordLmdb) -> Report:
    """Counts, sizes, characters, what was turned away, and sheets of both."""
    from str_pipelines.sources.words_card import card

    return card(words)


def find_leaks(
    words: WordLmdb, benchmarks: Path | None, params: LeaksParams, execution: Execution
) -> tuple[Table, Report]:
    """Words that are trained on and tested on, or there several times: each pair, and how many there are."""
    from str_pipelines.curation import leaks
    from str_pipelines.curation.leaks_report import leaks_report

    sets = leaks.Sets.of(words, params, benchmarks, execution)
    pairs = leaks.find_leaks(sets.words, params.near, execution)
    return pairs, leaks_report(pairs, sets)


def render_words(renderer: Checkpoint, params: RenderedWordsParams, execution: Execution) -> WordLmdb:
    """Words of a lexicon drawn in fonts, each on a ground of its own."""
    from str_pipelines.synthesis.rendered_words import render_words as rendered
    from str_pipelines.zoo import load_painter

    return rendered(load_painter(renderer, params.fonts), params, execution)


def describe_rendered_words(words: WordLmdb) -> Report:
    """Counts and a sheet."""
    from str_pipelines.synthesis.rendered_words import card

    return card(words)


def render_scenes(renderer: Checkpoint, params: RenderedScenesParams, execution: Execution) -> SceneLmdb:
    """Signs with words of a lexicon painted into pieces of photographs and onto walls."""
    from str_pipelines.synthesis.rendered_scenes import render_scenes as rendered
    from str_pipelines.zoo import load_painter

    return rendered(load_painter(renderer, params.fonts), params, execution)


def describe_rendered_scenes(scenes: SceneLmdb) -> Report:
    """Counts, heights and lengths of words, and a sheet."""
    from str_pipelines.synthesis.rendered_scenes import card

    return card(scenes)


def read_masked_words(raw: RawMasked, params: ReadMaskedParams, execution: Execution) -> WordLmdb:
    """Words of which somebody has marked the text, cut out of photographs or drawn."""
    from str_pipelines.sources.masked_words import ingest

    return ingest(params.of(raw.source), execution)


def annotated_masks(words: WordLmdb, raw: RawMasked, execution: Execution) -> MaskLmdb:
    """What was marked in the picture of each word."""
    from str_pipelines.maskers.annotated import Annotated
    from str_pipelines.maskers.params import MaskParams
    from str_pipelines.maskers.step import mask_words

    return mask_words(words, Annotated(**raw.source.model_dump()), MaskParams(), execution)


def describe_masked_words(words: WordLmdb, masks: MaskLmdb) -> Report:
    """Share of ink, parts a character, failures, and sheets of words beside their masks."""
    from str_pipelines.maskers.card import card

    return card(masks, words)


def read_pairs(raw: RawPairs, params: ReadPairsParams, execution: Execution) -> PairLmdb:
    """Words in two resolutions, both pictures decoded once to know that they can be."""
    from str_pipelines.sources.pairs import ingest

    return ingest(params.of(raw.source), execution)


def describe_pairs(pairs: PairLmdb) -> Report:
    """How many there are of each part, what was turned away, and a sheet."""
    from str_pipelines.sources.pairs import card

    return card(pairs)
