"""The report of `recognize`: how many pictures were read, how surely, why others were not, and the doubtful ones."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from heapq import nsmallest
from statistics import median
from typing import Any

from str_pipelines.imaging.decode import WORD_PIXELS, decode
from str_pipelines.imaging.sheets import Cell, sheet
from str_pipelines.records import Refused, Report, Table
from str_pipelines.sources.pictures import Pictures
from str_pipelines.storage.tables import iterate

SHOWN = 48
TOO_LARGE = {"image_too_large", "word_too_large", "word_too_long", "file_too_large"}
ADVICE = """Some pictures are too large for one word. Where they are photographs, their words are to be found first:

    kedro run --pipeline=ingest --namespaces=ingest.scenes --params="ingest.scenes.read.source.kind=folder,ingest.scenes.read.source.root=FOLDER"
"""  # noqa: E501 (a command to be copied)


def pictures_report(readings: Table, pictures: Pictures) -> Report:
    """Metrics are `pictures/*`, `confidence/*` and `refused/<reason>`.

    Args:
        readings: as `recognizers.reading.read_listed` gives them for `pictures`.
    """
    reasons, sure, empty = Counter[str](), array("d"), 0
    for row in iterate(readings.path):
        if row["reason"]:
            reasons[row["reason"]] += 1
        elif row["reading"]:
            sure.append(row["confidence"])
        else:
            empty += 1
    counts = {"given": readings.rows, "read": len(sure), "nothing_seen": empty, "refused": reasons.total()}
    metrics: dict[str, Mapping[str, float]] = {"pictures": counts, "refused": dict(reasons.most_common())}
    if sure:
        metrics["confidence"] = {"mean": sum(sure) / len(sure), "median": median(sure)}
    doubtful = nsmallest(SHOWN, _read(readings), key=lambda row: row["confidence"])
    cells = _cells(doubtful, pictures)
    title = "the least certain readings, and their confidence"
    sheets = {"least_certain": sheet(cells, columns=6, title=title)} if cells else {}
    return Report(metrics, _prose(metrics), {"least_certain": doubtful}, sheets)


def _read(readings: Table) -> Iterator[dict[str, Any]]:
    """The pictures in which something was read, with their places."""
    for index, row in enumerate(iterate(readings.path)):
        if row["reading"] and not row["reason"]:
            yield {"index": index, **row}


def _cells(rows: Sequence[Mapping[str, Any]], pictures: Pictures) -> list[Cell]:
    cells = []
    for row in rows:
        [(_, picture)] = pictures.read(range(row["index"], row["index"] + 1))
        try:
            if isinstance(picture, Refused):
                raise picture
            cells.append(Cell([decode(picture, WORD_PIXELS)], f"{row['reading']} {row['confidence']:.2f}"))
        except Refused:  # it has gone since it was read
            continue
    return cells


def _prose(metrics: Mapping[str, Mapping[str, float]]) -> str:
    counts, refused = metrics["pictures"], metrics["refused"]
    reasons = "\n".join(f"| {reason} | {count} |" for reason, count in refused.items()) or "| none | 0 |"
    advice = f"\n{ADVICE}" if TOO_LARGE & refused.keys() else ""
    return f"""# What was read

Of {counts["given"]:,} pictures {counts["read"]:,} were read; in {counts["nothing_seen"]:,} no text was seen, and
{counts["refused"]:,} could not be read. The readings, a row a picture, are the catalog entry `readings`.

| could not be read | pictures |
|---|---|
{reasons}
{advice}"""
