"""Painted words as a judge reads them, beside the same texts pasted flat and the real words of the same places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from str_pipelines.imaging.decode import WORD_PIXELS, decode
from str_pipelines.imaging.sheets import Cell, sheet
from str_pipelines.metrics.recognition import (
    bootstrap_interval,
    by_length,
    by_size,
    is_right,
    ned,
    right,
    word_accuracy,
    word_accuracy_strict,
)
from str_pipelines.records import Refused, Report, Table
from str_pipelines.storage.tables import rows_of
from str_pipelines.storage.words import WordLmdb

SHEET_WORDS, COLUMNS = 40, 4  # can be read in the thumbnails that MLflow shows side by side
Readings = Sequence[Mapping[str, Any]]


def generation_report(
    words: WordLmdb, painted: Table, pasted: Table, real: Table, told_apart: Mapping[str, float] = MappingProxyType({})
) -> Report:
    """Word accuracy (alphanumeric, case-insensitive), strict word accuracy and 1-NED of each kind of word, 0 to 1.

    The curves are `painted`, the painted words whose text stood there before (`identity`) and the others
    (`other_texts`), `pasted` and `real`; one without words is left out. Legibility alone says nothing about realism,
    which is why a flat paste stands beside.

    Args:
        painted, pasted, real: what the judge reads of each kind.
        told_apart: how easily painted and pasted words are told from real ones (`metrics.realism`), 0.5 to 1.
    """
    curves = _curves(words, rows_of(painted), rows_of(pasted), rows_of(real))
    pairs = {name: [(row["reading"], row["label"]) for row in rows] for name, rows in curves.items()}
    metrics = {
        "word_accuracy": {name: word_accuracy(p) for name, p in pairs.items()},
        "word_accuracy_strict": {name: word_accuracy_strict(p) for name, p in pairs.items()},
        "ned": {name: ned(p) for name, p in pairs.items()},
        "judged": {name: float(len(p)) for name, p in pairs.items()},
    }
    if told_apart:
        metrics["told_from_real"] = dict(told_apart)
    intervals = {name: bootstrap_interval(right(p), seed=0) for name, p in pairs.items()}
    tables = {
        "by_length": [{"words": name, **row} for name, p in pairs.items() for row in by_length(p)],
        "by_size": [
            {"words": name, **row}
            for name, rows in curves.items()
            for row in by_size(pairs[name], [row["height"] for row in rows])
        ],
        "readings": [{"words": name, **row} for name, rows in curves.items() for row in rows if name in SETS],
    }
    return Report(metrics, _prose(metrics, intervals), tables, _misread(words, rows_of(painted)))


SETS = ("painted", "pasted", "real")


def _curves(words: WordLmdb, painted: Readings, pasted: Readings, real: Readings) -> dict[str, Readings]:
    kinds = [row.get("kind") for row in words.rows()] or [None] * len(painted)
    curves = {
        "painted": painted,
        "identity": [row for row in painted if kinds[row["index"]] == "identity"],
        "other_texts": [row for row in painted if kinds[row["index"]] not in (None, "identity")],
        "pasted": pasted,
        "real": real,
    }
    return {name: rows for name, rows in curves.items() if rows}


def _misread(words: WordLmdb, painted: Readings) -> dict[str, bytes]:
    """A sheet of some, where there are any."""
    wrong = [row for row in painted if not is_right(row["reading"], row["label"])][:SHEET_WORDS]
    cells = [cell for row in wrong for cell in _cells(words[row["index"]].image, row)]
    title = "painted words that the judge reads otherwise"
    return {"misread": sheet(cells, COLUMNS, title=title)} if cells else {}


def _cells(image: bytes, row: Mapping[str, Any]) -> list[Cell]:
    """The word above what it says and what was read; nothing of one that cannot be decoded."""
    try:
        return [Cell([decode(image, WORD_PIXELS)], f"{row['label']} → {row['reading'] or '(nothing)'}")]
    except Refused:
        return []


def _prose(metrics: Mapping[str, Mapping[str, float]], intervals: Mapping[str, tuple[float, float]]) -> str:
    lines = [
        f"| {name} | {metrics['judged'][name]:.0f} | {metrics['word_accuracy'][name]:.1%} "
        f"({low:.1%} to {high:.1%}) | {metrics['word_accuracy_strict'][name]:.1%} | {metrics['ned'][name]:.3f} |"
        for name, (low, high) in intervals.items()
    ]
    table = "\n".join(lines)
    return f"""# What the judge reads

Word accuracy counts letters and digits whatever their case; in parentheses its 95 % bootstrap interval.

| words | count | word accuracy | strict | 1-NED |
|---|---|---|---|---|
{table}
{_told(metrics)}"""


def _told(metrics: Mapping[str, Mapping[str, float]]) -> str:
    """How easily a linear probe on a reader's features tells each kind from the real words, photographs apart."""
    if "told_from_real" not in metrics:
        return ""
    said = ", ".join(f"{name} {value:.3f}" for name, value in metrics["told_from_real"].items())
    return f"\nTold from real words by a linear probe (area under the curve, 0.5 is not at all): {said}.\n"
