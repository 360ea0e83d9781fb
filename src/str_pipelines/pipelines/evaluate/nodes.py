"""The steps of `evaluate`. The judge only reads: nothing is filtered, labelled or taught by it."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from str_pipelines.execution import Execution
from str_pipelines.recognizers.reading_params import FindParams, ReadParams, ScoreParams
from str_pipelines.recognizers.timing import Timing
from str_pipelines.records import Report, Table
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.storage.words import WordLmdb
from str_pipelines.synthesis.config import PaintParams

if TYPE_CHECKING:
    from str_pipelines.recognizers.reading import Loader


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

    return read_words(words, _loader(judge), execution, "evaluate.generation.read")


def see(words: WordLmdb, reader: Checkpoint, execution: Execution) -> Table:
    """What a reader sees of each word."""
    from str_pipelines.recognizers.features import word_features

    return word_features(words, reader, execution, "evaluate.generation.see")


def score_generation(words: WordLmdb, painted: Table, pasted: Table, real: Table) -> Report:
    """Word accuracy, strict and not, and 1-NED, by kind of text, length and size."""
    from str_pipelines.metrics.generation import generation_report

    return generation_report(words, painted, pasted, real)


def score_realism(
    words: WordLmdb,
    painted: Table,
    pasted: Table,
    real: Table,
    painted_seen: Table,
    pasted_seen: Table,
    real_seen: Table,
) -> Report:
    """The same, and how easily a linear probe tells painted and pasted words from real ones."""
    from str_pipelines.metrics.generation import generation_report
    from str_pipelines.metrics.realism import realism

    return generation_report(words, painted, pasted, real, realism(painted_seen, pasted_seen, real_seen))


def find_sets(benchmarks: Path | None, params: FindParams, execution: Execution) -> tuple[Table, Table]:
    """The benchmark sets below a folder by their names, and what was asked for and is not there."""
    from str_pipelines.metrics.benchmark_sets import list_sets
    from str_pipelines.sources.word_sets import find_word_sets

    if benchmarks:
        found, unreadable = find_word_sets(benchmarks, execution)
    else:
        found, unreadable = _demo_sets(params.demo_words, execution), []
    return list_sets(found, unreadable, params.sets, execution, "evaluate.recognition.find")


def read_sets(sets: Table, reader: Checkpoint, params: ReadParams, execution: Execution) -> Table:
    """What the reader makes of every word of every set."""
    from str_pipelines.recognizers.reading import read_sets

    return read_sets(sets, _loader(reader), params.turn, execution, "evaluate.recognition.read")


def time_reader(reader: Checkpoint, sets: Table, predictions: Table, params: ReadParams) -> Timing:
    """How long the reader takes, one word a call and many."""
    from str_pipelines.recognizers.reading import loaded, sample
    from str_pipelines.recognizers.timing import measure

    network = loaded(_loader(reader))  # which may be there already
    return measure(network, sample(sets, predictions, params.turn))


def score_reader(
    sets: Table, predictions: Table, reader: Checkpoint, read: ReadParams, score: ScoreParams
) -> dict[str, dict[str, Any]]:
    """The figures of each set, kept beside those of other readers."""
    from str_pipelines.metrics.benchmark_scores import score_sets
    from str_pipelines.recognizers.reading import loaded

    turns = loaded(_loader(reader)).turns
    return score_sets(sets, predictions, _name(reader), reader.digest, score.normaliser, read.turn, turns)


def report_reader(
    sets: Table,
    left_out: Table,
    predictions: Table,
    timing: Timing,
    results: dict[str, dict[str, Any]],
    reader: Checkpoint,
) -> Report:
    """Tables, means, times, earlier readers beside this one, and a sheet of its surest errors."""
    from str_pipelines.metrics.benchmark_report import benchmark_report

    return benchmark_report(sets, left_out, predictions, timing.batches, timing.machine, results, _name(reader))


def _demo_sets(count: int, execution: Execution) -> dict[str, WordLmdb]:
    """Small sets made here, for nobody has named a folder of benchmarks."""
    from str_pipelines.sources.config import DemoSource, ScenesParams
    from str_pipelines.sources.scenes import ingest
    from str_pipelines.synthesis.demo_words import demo_words
    from str_pipelines.zoo import load_finder

    finder = load_finder(Checkpoint.at("rapidocr_finder"))  # these photographs need none
    return demo_words(ingest(ScenesParams(source=DemoSource(kind="demo")), execution, finder), count, execution)


def _loader(reader: Checkpoint) -> Loader:
    from str_pipelines.recognizers.reading import Loader
    from str_pipelines.zoo import load_reader

    return Loader(reader.digest, partial(load_reader, reader))


def _name(reader: Checkpoint) -> str:
    """`rapidocr-3fa9c1d2`: what a reader's figures are kept under, as a file name."""
    return re.sub(r"[^\w.-]", "_", f"{reader.config()['name']}-{reader.digest[:8]}")
