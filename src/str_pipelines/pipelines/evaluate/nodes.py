"""The steps of `evaluate`. The judge only reads: nothing is filtered, labelled or taught by it."""

from __future__ import annotations

from functools import partial

from str_pipelines.execution import Execution
from str_pipelines.records import Report, Table
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.storage.words import WordLmdb
from str_pipelines.synthesis.config import PaintParams


def recall_jobs(words: WordLmdb, execution: Execution) -> Table:
    """Where each word was painted and over what, from the sidecar of the words; none for words that have none."""
    from str_pipelines.synthesis.paint import jobs_of

    return jobs_of(words, execution, "evaluate.generation.jobs")


def paste(jobs: Table, scenes: SceneLmdb, painter: Checkpoint, params: PaintParams, execution: Execution) -> WordLmdb:
    """The same texts in the same places by a flat font: legibility without realism."""
    from str_pipelines.synthesis.paint import paint_words
    from str_pipelines.zoo import load_painter

    return paint_words(
        jobs, scenes, load_painter(painter, params.fonts), params, execution, "evaluate.generation.paste"
    )


def cut_real(jobs: Table, scenes: SceneLmdb, execution: Execution) -> WordLmdb:
    """What really stands in those places: the bound on both."""
    from str_pipelines.synthesis.real import real_words

    return real_words(jobs, scenes, execution, "evaluate.generation.real")


def read(words: WordLmdb, judge: Checkpoint, execution: Execution) -> Table:
    """What the judge reads, one word a call."""
    from str_pipelines.recognizers.reading import read_words
    from str_pipelines.zoo import load_reader

    return read_words(words, partial(load_reader, judge), judge.digest, execution, "evaluate.generation.read")


def score_generation(words: WordLmdb, painted: Table, pasted: Table, real: Table) -> Report:
    """Word accuracy, strict and not, and 1-NED, by kind of text, length and size."""
    from str_pipelines.metrics.generation import generation_report

    return generation_report(words, painted, pasted, real)
