"""The report of `evaluate.recognition`: figures, means, times, other readers beside this one, its surest errors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import nlargest
from pathlib import Path
from typing import Any

from str_pipelines.imaging.decode import WORD_PIXELS, decode
from str_pipelines.imaging.sheets import Cell, sheet
from str_pipelines.metrics.benchmark_scores import Results, beside, judged_sets, means
from str_pipelines.metrics.scores import Judged, Row, by_height, by_length
from str_pipelines.records import Report, Table
from str_pipelines.storage.tables import rows_of
from str_pipelines.storage.words import WordLmdb

CHARTS = ("word_accuracy", "word_accuracy_strict", "ned", "character_accuracy", "words")
KINDS = ("weighted", "unweighted")
ERRORS = 48
Timing = Mapping[str, Mapping[str, float]]
Scores = Mapping[str, Mapping[str, Any]]


def benchmark_report(
    sets: Table, left_out: Table, predictions: Table, timing: Timing, machine: str, results: Results, reader: str
) -> Report:
    """What a reader's run over benchmark sets has to say.

    Args:
        sets, predictions: as `judged_sets` takes them; `path` and `set` of each row of `sets` are used too.
        left_out: sets that were asked for and are missing, or cannot be read.
        timing: as `recognizers.timing.measure` gives it, taken on `machine`.
        results: of this reader and all earlier ones.
        reader: its name in `results`.
    """
    names = [row["set"] for row in rows_of(sets)]
    scores = {name: results[f"{reader}/{name}"] for name in names}
    averages, others = means(scores), beside(results, reader, names)
    tables: dict[str, Sequence[Row]] = {
        "sets": [dict(score) for score in scores.values()],
        "means": averages,
        "readers": others,
        "timing": [{"batch": batch, **row, "machine": machine} for batch, row in timing.items()],
        "left_out": rows_of(left_out),
        **_by_group(sets, predictions, scores),
    }
    metrics = {
        **{chart: {name: float(score[chart]) for name, score in scores.items()} for chart in CHARTS},
        "mean_word_accuracy": {f"{row['group']}_{kind}": row[kind] for row in averages for kind in KINDS},
        **{chart: {batch: row[chart] for batch, row in timing.items()} for chart in ("latency_ms", "words_per_second")},
    }
    text = _prose(reader, tables, machine)
    return Report(metrics, text, tables, {"surest_errors": _sheet(sets, tables["errors"])} if tables["errors"] else {})


def _by_group(sets: Table, predictions: Table, scores: Scores) -> dict[str, list[Row]]:
    """The tables by length and height and of the surest errors, a set in memory at a time."""
    lengths: list[Row] = []
    heights: list[Row] = []
    errors: list[Row] = []
    for name, words in judged_sets(sets, predictions, {name: score["rule"] for name, score in scores.items()}):
        lengths += [{"set": name, **row} for row in by_length(words)]
        heights += [{"set": name, **row} for row in by_height(words)]
        errors = nlargest(ERRORS, [*errors, *_errors(name, words)], key=lambda row: row["confidence"])
    return {"by_length": lengths, "by_height": heights, "errors": errors}


def _errors(name: str, words: Iterable[Judged]) -> Iterator[Row]:
    for word in words:
        if not word.right and not word.reason:
            said = {"label": word.label, "reading": word.reading, "confidence": word.confidence}
            yield {"set": name, "index": word.index, **said}


def _sheet(sets: Table, errors: Sequence[Row]) -> bytes:
    places = {row["set"]: WordLmdb.at(Path(row["path"])) for row in rows_of(sets)}
    cells = [
        Cell(
            [decode(places[row["set"]][row["index"]].image, WORD_PIXELS)],
            f"{row['confidence']:.2f} {row['label']} → {row['reading'] or '(nothing)'}",
        )
        for row in errors
    ]
    return sheet(cells, columns=6, title="errors of which the reader is surest: confidence, label, reading")


def _prose(reader: str, tables: Mapping[str, Sequence[Row]], machine: str) -> str:
    conditions = sorted({f"`{row['rule']}`" for row in tables["sets"]})
    parts = [
        f"# What {reader} reads",
        f"Word accuracy compares texts after {', '.join(conditions)}, as do 1-NED and characters; strict compares them "
        f"as they are. In parentheses the 95 % bootstrap interval. Pictures much higher than wide were "
        f"{_turned(tables['sets'][0])}.",
        markdown(SETS, [_shares(row) for row in tables["sets"]]),
        "## Means of word accuracy",
        markdown(MEANS, [_mean(row) for row in tables["means"]]),
        "## Readers on these words",
        _readers(tables["readers"], [row["set"] for row in tables["sets"]]),
        "## Time",
        f"On {machine}, in one process, pictures decoded before.",
        markdown(TIMES, [_time(row) for row in tables["timing"]]),
    ]
    if tables["left_out"]:
        parts += ["## Not scored", markdown(("set", "why"), [(row["set"], row["why"]) for row in tables["left_out"]])]
    return "\n\n".join(parts) + "\n"


TURNED = {True: "turned", False: "as they stand", None: ""}
MEANS = ("group", "sets", "words", "weighted by words", "unweighted")
TIMES = ("words a call", "ms a call", "words a second", "CPU ms a word", "threads")
SETS = ("set", "words", "word accuracy", "strict", "1-NED", "characters", "unreadable", "dropped by the rule")


def _turned(row: Row) -> str:
    if row["turn"]:
        return "turned"
    return "turned by the reader itself" if row["turned"] else "read as they stand"


def _shares(row: Row) -> tuple[str, ...]:
    accuracy = f"{row['word_accuracy']:.1%} ({row['low']:.1%} to {row['high']:.1%})"
    rest = (f"{row['word_accuracy_strict']:.1%}", f"{row['ned']:.3f}", f"{row['character_accuracy']:.3f}")
    return row["set"], f"{row['words']:,}", accuracy, *rest, str(row["unreadable"]), str(row["dropped"])


def _mean(row: Row) -> tuple[str, ...]:
    weighted = f"{row['weighted']:.1%} ({row['low']:.1%} to {row['high']:.1%})"
    return row["group"], str(row["sets"]), f"{row['words']:,}", weighted, f"{row['unweighted']:.1%}"


def _time(row: Row) -> tuple[str, ...]:
    size = row["batch"].removeprefix("batch_")
    times = (f"{row[name]:.1f}" for name in ("latency_ms", "words_per_second", "cpu_ms"))
    return size, *times, f"{row['threads']:.0f}"


def _readers(rows: Sequence[Row], names: Sequence[str]) -> str:
    cells = [
        [row["reader"], TURNED[row["turned"]], *(_share(row.get(name)) for name in ("mean", *names))] for row in rows
    ]
    return markdown(("reader", "tall words", "mean", *names), cells)


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.1%}"


def markdown(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; what would end a cell early is escaped."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
