"""The dataset card of synthetic words: what was made of what, what was turned away and why, and a sheet to look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from str_pipelines.imaging.decode import WORD_PIXELS, decode
from str_pipelines.imaging.sheets import Cell, sheet
from str_pipelines.records import Report, Table
from str_pipelines.storage.tables import rows_of
from str_pipelines.storage.words import WordLmdb

SHEET_WORDS = 96


def card(anchors: Table, jobs: Table, words: WordLmdb, photographs: Mapping[str, bytes]) -> Report:
    """Counts, survival by kind, length and reason, and pictures.

    Metrics are `words/*`, `survival/*` (a share of the painted, 0 to 1) and `rejected/<reason>`.
    """
    places, asked, kept = rows_of(anchors), rows_of(jobs), list(words.rows())
    rejections = list(words.rejections())
    reasons = Counter(rejection.reason for rejection in rejections)
    counts = {
        "accepted": len(kept),
        "painted": len(asked),
        "labels": len({row["label"] for row in kept}),
        "photographs": len({row["scene"] for row in kept}),
        "fonts": len({row["font"] for row in kept if row.get("font")}),
        "characters": sum(len(row["label"]) for row in kept),
    }
    survival = {"all": len(kept) / max(len(asked), 1), **_survival(asked, kept, lambda row: row["kind"])}
    tables = {
        "survival_by_length": _rates(asked, kept, lambda row: len(_text(row))),
        "rejections": [{"record": r.record, "reason": r.reason, "detail": r.detail} for r in rejections],
        "anchors_by_reason": [{"reason": k or "used", "count": n} for k, n in _counted(places, "reason")],
        "characters": [{"character": c, "count": n} for c, n in Counter("".join(map(_text, kept))).most_common()],
    }
    metrics: dict[str, dict[str, float]] = {
        "words": {name: float(value) for name, value in counts.items()},
        "survival": survival,
        "rejected": {reason: float(count) for reason, count in reasons.items()},
    }
    files = {f"photographs/{name}.png": data for name, data in photographs.items()}
    return Report(metrics, _prose(words, counts, tables), tables, {"words": _sheet(words)}, files)


def _text(row: Mapping[str, Any]) -> str:
    return str(row["label"] if "label" in row else row["text"])


def _counted(rows: Iterable[Mapping[str, Any]], column: str) -> list[tuple[str, int]]:
    return Counter(str(row[column]) for row in rows).most_common()


def _rates(asked: Sequence[Mapping[str, Any]], kept: Sequence[Mapping[str, Any]], group: Any) -> list[dict[str, Any]]:
    before, after = Counter(map(group, asked)), Counter(map(group, kept))
    return [{"group": g, "painted": n, "accepted": after[g], "share": after[g] / n} for g, n in sorted(before.items())]


def _survival(asked: Sequence[Mapping[str, Any]], kept: Sequence[Mapping[str, Any]], group: Any) -> dict[str, float]:
    return {str(row["group"]): row["share"] for row in _rates(asked, kept, group)}


def _sheet(words: WordLmdb) -> bytes:
    """Words from all over the set, evenly spaced."""
    picked = sorted({index * len(words) // SHEET_WORDS for index in range(min(SHEET_WORDS, len(words)))})
    shown = [words[index] for index in picked]
    return sheet(
        [Cell([decode(word.image, WORD_PIXELS)], word.label) for word in shown], columns=8, title="synthetic words"
    )


def _prose(words: WordLmdb, counts: Mapping[str, int], tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    anchors = "\n".join(f"| {row['reason']} | {row['count']} |" for row in tables["anchors_by_reason"])
    reasons = "\n".join(f"| {k} | {n} |" for k, n in words.manifest.rejected.items()) or "| none | 0 |"
    lengths = "\n".join(
        f"| {row['group']} | {row['painted']} | {row['accepted']} | {row['share']:.0%} |"
        for row in tables["survival_by_length"]
    )
    return f"""# Synthetic words

{counts["accepted"]} words of {counts["labels"]} different labels, painted into {counts["photographs"]} photographs in
{counts["fonts"]} fonts; {counts["painted"]} were painted. Content digest `{words.digest}`, painter
`{words.manifest.made.get("painter", "")}`.

The LMDB has the usual keys (`image-%09d`, `label-%09d`, `wh-%09d`, 1-based, `num-samples`). `records.parquet` beside it
has a row a word: photograph, quad, what stood there before, text, kind, seed, font, contrast, painter and the run that
painted it. `rejections.parquet` has the others. The words may be used as far as the photographs may.

| anchors | count |
|---|---|
{anchors}

| rejected words | count |
|---|---|
{reasons}

| characters | painted | accepted | share |
|---|---|---|---|
{lengths}
"""
