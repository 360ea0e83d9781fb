"""The report of `ingest.leaks`: how many words of which sets are in which others, and some of them side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from str_pipelines.curation.leaks import Sets
from str_pipelines.imaging.decode import WORD_PIXELS, decode
from str_pipelines.imaging.sheets import Cell, sheet
from str_pipelines.records import Refused, Report, Table
from str_pipelines.storage.tables import iterate
from str_pipelines.storage.words import WordLmdb

SHOWN, EACH = 48, 6
Row = Mapping[str, Any]
Pair = tuple[str, str, str]
Marks = NDArray[np.bool_]


@dataclass(frozen=True)
class Count:
    """Which words of two sets stand in some pair of them, and how many pairs have different labels."""

    a: Marks
    b: Marks
    differ: int = 0


def leaks_report(pairs: Table, compared: Sets) -> Report:
    """Of the rows of `find_leaks`.

    Metrics: `leaked/<test set>`, how many of its words a training set has, `leaked_share/<test set>`, and
    `repeated/<set>`, how many words have a file that their set has before. Table `pairs`: a row a pair of sets and
    kind, with how many words of either are meant, and how many pairs have different labels.
    """
    sets, tests = compared.words, compared.tests
    counts, leaked, shown = _counted(pairs, sets, frozenset(tests))
    table = [_count_row(pair, count) for pair, count in sorted(counts.items(), key=lambda each: each[0])]
    metrics: dict[str, Mapping[str, float]] = {
        "leaked": {name: int(leaked[name].sum()) for name in tests},
        "leaked_share": {name: round(leaked[name].sum() / max(1, len(sets[name])), 6) for name in tests},
        "repeated": {row["a"]: row["words_of_b"] for row in table if row["a"] == row["b"]},
    }
    cells = [_cell(row, sets) for row in islice(_in_turn(shown), SHOWN)]
    sheets = {"leaks": sheet(cells, columns=4, title="words of two sets: the same file, or alike")} if cells else {}
    lost = [{"set": each.record, "why": each.detail} for each in compared.left_out]
    return Report(metrics, _prose(sets, tests, table, metrics, lost), {"pairs": table, "left_out": lost}, sheets)


def _counted(
    pairs: Table, sets: Mapping[str, WordLmdb], tests: frozenset[str]
) -> tuple[dict[Pair, Count], dict[str, Marks], dict[Pair, list[Row]]]:
    """What is meant by each pair of sets, the test words that a training set has, and some rows."""
    counts: dict[Pair, Count] = {}
    leaked = {name: np.zeros(len(sets[name]), bool) for name in tests}
    shown: dict[Pair, list[Row]] = defaultdict(list)
    for row in iterate(pairs.path) if pairs.rows else ():
        pair = row["a"], row["b"], row["kind"]
        sizes = len(sets[row["a"]]), len(sets[row["b"]])
        count = counts.get(pair) or Count(np.zeros(sizes[0], bool), np.zeros(sizes[1], bool))
        count.a[row["index_a"]] = count.b[row["index_b"]] = True
        counts[pair] = replace(count, differ=count.differ + (row["label_a"] != row["label_b"]))
        for this, other in ("ab", "ba"):
            if row[this] in tests and row[other] not in tests:
                leaked[row[this]][row[f"index_{this}"]] = True
        if len(shown[pair]) < EACH:
            shown[pair].append(row)
    return counts, leaked, shown


def _count_row(pair: Pair, count: Count) -> dict[str, Any]:
    said = {"a": pair[0], "b": pair[1], "kind": pair[2]}
    return {**said, "words_of_a": int(count.a.sum()), "words_of_b": int(count.b.sum()), "labels_differ": count.differ}


def _in_turn(shown: Mapping[Pair, Sequence[Row]]) -> Iterator[Row]:
    """A row of each pair of sets, then the next of each; between sets first."""
    order = sorted(shown, key=lambda pair: (pair[0] == pair[1], pair))
    for number in range(EACH):
        yield from (shown[pair][number] for pair in order if number < len(shown[pair]))


def _cell(row: Row, sets: Mapping[str, WordLmdb]) -> Cell:
    pictures = []
    for this in ("a", "b"):
        try:
            pictures.append(decode(sets[row[this]][row[f"index_{this}"]].image, WORD_PIXELS))
        except Refused:
            continue
    how = "same file" if row["kind"] == "same_file" else f"{row['bits']} bits"
    return Cell(pictures, f"{how}: {row['label_a']} ({row['a']}), {row['label_b']} ({row['b']})")


def _prose(
    sets: Mapping[str, WordLmdb],
    tests: Sequence[str],
    table: Sequence[Row],
    metrics: Mapping[str, Mapping[str, float]],
    left_out: Sequence[Row],
) -> str:
    said = [f"| {name} | {len(sets[name]):,} | {metrics['leaked'][name]:,.0f} |" for name in tests]
    found = ["a", "b", "kind", "words_of_a", "words_of_b", "labels_differ"]
    lines = ["| " + " | ".join(str(row[name]) for name in found) + " |" for row in table]
    lost = [f"- {row['set']}: {row['why']}" for row in left_out]
    trained = ", ".join(f"{name} ({len(words):,})" for name, words in sets.items() if name not in tests)
    parts = [
        "# Words in several sets",
        f"Trained on: {trained}. Tested on: {', '.join(tests) or 'nothing was named, see --params=benchmarks=FOLDER'}.",
        *(["\n".join(["| test set | words | of these in a training set |", "|---|---|---|", *said])] if said else []),
        "\n".join(["| " + " | ".join(found) + " |", "|---" * len(found) + "|", *lines]) if lines else "None is.",
        "`python -m str_pipelines.storage filter SET --not-in SETS … --into TARGET` writes a set without them.",
        *(["Not read:\n\n" + "\n".join(lost)] if lost else []),
    ]
    return "\n\n".join(parts) + "\n"
