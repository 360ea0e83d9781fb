"""The dataset card of synthetic words: what was made of what, what was turned away and why, and a sheet to look at."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from str_pipelines.imaging.decode import WORD_PIXELS, decode
from str_pipelines.imaging.quads import sides
from str_pipelines.imaging.sheets import Cell, sheet
from str_pipelines.records import Report, Table
from str_pipelines.storage.tables import rows_of
from str_pipelines.storage.words import WordLmdb

SHEET_WORDS, COLUMNS = 40, 4  # can be read in the thumbnails that MLflow shows side by side
HEIGHTS = (16, 32, 64, 128)
"""Where a new group of heights begins, in pixels of the photograph."""

Row = Mapping[str, Any]
Rows = Sequence[Row]


def card(anchors: Table, jobs: Table, words: WordLmdb, photographs: Mapping[str, bytes], beside: bytes = b"") -> Report:
    """Counts, survival by kind, length and source, and pictures.

    Args:
        anchors, jobs, words: what `choose`, `propose` and `accept` gave.
        photographs: PNG by name.
        beside: what `side_by_side` gave.

    Returns:
        Metrics `words/*`, `survival/*` (accepted as a share of proposed, 0 to 1) and `rejected/<reason>`.
    """
    proposed, kept = rows_of(jobs), list(words.rows())
    tables = {
        "survival_by_kind": _survival(proposed, kept, lambda row: row["kind"]),
        "survival_by_length": _survival(proposed, kept, lambda row: len(_text(row))),
        "survival_by_height": _survival(proposed, kept, _height),
        "survival_by_source": _survival(proposed, kept, lambda row: row["source"]),
        "rejections": _rejections(words),
        "anchors": [{"reason": r or "used", "count": n} for r, n in _counts(row["reason"] for row in rows_of(anchors))],
        "characters": [{"character": c, "count": n} for c, n in _counts(c for row in kept for c in row["label"])],
    }
    by_kind = {str(row["group"]): float(row["share"]) for row in tables["survival_by_kind"]}
    metrics = {
        "words": _figures(len(proposed), int(words.manifest.made["painted"]), kept),
        "survival": {"all": len(kept) / max(len(proposed), 1), **by_kind},
        "rejected": {reason: float(count) for reason, count in words.manifest.rejected.items()},
    }
    files = {f"photographs/{name}.png": data for name, data in photographs.items()}
    sheets = {"words": _sheet(words)} | ({"beside": beside} if beside else {})
    return Report(metrics, _prose(words, metrics["words"], tables), tables, sheets, files)


def _figures(proposed: int, painted: int, kept: Rows) -> dict[str, float]:
    figures = {
        "proposed": proposed,
        "painted": painted,
        "accepted": len(kept),
        "labels": len({row["label"] for row in kept}),
        "photographs": len({row["scene"] for row in kept}),
        "places": len({(row["scene"], row["instance"]) for row in kept}),
        "fonts": len({row["font"] for row in kept if row.get("font")}),
        "characters": sum(len(row["label"]) for row in kept),
    }
    return {name: float(value) for name, value in figures.items()}


def _text(row: Row) -> str:
    return str(row["label"] if "label" in row else row["text"])


def _height(row: Row) -> str:
    """The group of its height in the photograph, in pixels."""
    height = min(sides(np.array(row["quad"]).reshape(4, 2)))
    place = bisect_right(HEIGHTS, height)
    low, high = (0, *HEIGHTS)[place], (*HEIGHTS, None)[place]
    return f"{low:03d}+" if high is None else f"{low:03d}-{high - 1:03d}"


def _counts(values: Any) -> list[tuple[str, int]]:
    return Counter(values).most_common()


def _survival(proposed: Rows, kept: Rows, group: Callable[[Row], Any]) -> list[dict[str, Any]]:
    before, after = Counter(map(group, proposed)), Counter(map(group, kept))
    return [{"group": g, "proposed": n, "accepted": after[g], "share": after[g] / n} for g, n in sorted(before.items())]


def _rejections(words: WordLmdb) -> list[dict[str, Any]]:
    """One row a reason, with the first record as an example; rejections.parquet beside the words has all of them."""
    first = {rejection.reason: rejection for rejection in reversed(list(words.rejections()))}
    return [
        {"reason": reason, "count": count, "example": first[reason].record, "detail": first[reason].detail}
        for reason, count in sorted(words.manifest.rejected.items())
    ]


def _sheet(words: WordLmdb) -> bytes:
    """Words from all over the set, evenly spaced."""
    count = min(SHEET_WORDS, len(words))
    shown = [words[index * len(words) // count] for index in range(count)]
    cells = [Cell([decode(word.image, WORD_PIXELS)], word.label) for word in shown]
    return sheet(cells, columns=COLUMNS, title="synthetic words")


def _prose(words: WordLmdb, figures: Mapping[str, float], tables: Mapping[str, Rows]) -> str:
    n = {name: f"{value:,.0f}" for name, value in figures.items()}
    return f"""# Synthetic words

{n["accepted"]} words with {n["labels"]} different labels, painted into {n["places"]} places of {n["photographs"]}
photographs in {n["fonts"]} fonts. {n["proposed"]} were proposed and {n["painted"]} painted. Content digest
`{words.digest}`, painter `{words.manifest.made["painter"]}`.

The LMDB has the usual keys (`image-%09d`, `label-%09d`, `wh-%09d`, 1-based, `num-samples`). `records.parquet` beside it
has a row a word: photograph, quad, what stood there before, text, kind, seed, font, contrast, painter and the run that
painted it. `rejections.parquet` has the others. The words may be used as far as the photographs may.

{_table(tables["survival_by_kind"], kind="group", proposed="proposed", accepted="accepted", share="share")}

{_table(tables["survival_by_length"], characters="group", proposed="proposed", accepted="accepted", share="share")}

{_table(tables["survival_by_height"], pixels="group", proposed="proposed", accepted="accepted", share="share")}

{_table(tables["survival_by_source"], source="group", proposed="proposed", accepted="accepted", share="share")}

{_table(tables["rejections"], rejected="reason", count="count", example="example", detail="detail")}

{_table(tables["anchors"], anchors="reason", count="count")}
"""


def _table(rows: Rows, **columns: str) -> str:
    """Rows in Markdown; `columns` are heading=column."""
    lines = [[*columns], ["---"] * len(columns), *([_cell(row[column]) for column in columns.values()] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: object) -> str:
    return f"{value:.1%}" if isinstance(value, float) else str(value).replace("|", "\\|").replace("\n", " ")
