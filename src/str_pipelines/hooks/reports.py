"""A `Report` into MLflow: figures as metrics, sheets as pictures, prose, tables and files as small artifacts."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from str_pipelines.records import Report
from str_pipelines.storage.csv_rows import as_csv
from str_pipelines.tracking import Tracker

logger = logging.getLogger(__name__)


def log_report(tracker: Tracker, name: str, report: Report, limit: int) -> None:
    """Log the report that was saved as dataset `name`; what is longer than `limit` bytes is named and left out."""
    tracker.metrics(figures(report))
    for sheet, png in report.sheets.items():
        if _fits(f"{name}/{sheet}", png, limit):
            tracker.image(f"{name}/{sheet}", png)
    for path, data in small_files(report):
        if _fits(f"{name}/{path}", data, limit):
            tracker.artifact(f"{name}/{path}", data)


def figures(report: Report) -> dict[str, float]:
    """`<chart>/<curve>` → value."""
    return {f"{chart}/{curve}": value for chart, curves in report.metrics.items() for curve, value in curves.items()}


def small_files(report: Report) -> Iterator[tuple[str, bytes]]:
    """The prose as report.md, each table as CSV, and the files as they are."""
    yield "report.md", report.text.encode()
    yield from ((f"{table}.csv", as_csv(rows)) for table, rows in report.tables.items())
    yield from report.files.items()


def _fits(path: str, data: bytes, limit: int) -> bool:
    if len(data) > limit:
        logger.info("%s: %.1f MB stay out of MLflow (max_artifact_mb in conf/base/mlflow.yml)", path, len(data) / 1e6)
    return len(data) <= limit
