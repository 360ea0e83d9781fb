# mypy: disallow-untyped-decorators=False
"""The last lines of a run: where its outputs lie, what came out, and the commands that show more; or the way out."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline

from str_pipelines.hooks.parameters import place_of, plain
from str_pipelines.hooks.remedies import remedy_of
from str_pipelines.hooks.reports import figures
from str_pipelines.hooks.run_record import RunRecord
from str_pipelines.records import Report


class Farewell:
    """Prints to standard output after a run that went well. Stands first in HOOKS, so speaks last."""

    def __init__(self, record: RunRecord) -> None:
        self.record = record

    @hook_impl
    def before_pipeline_run(self) -> None:
        """Nothing has come out yet."""
        self.figures: dict[str, float] = {}

    @hook_impl
    def after_dataset_saved(self, data: Any) -> None:
        """Keep the figures of every report."""
        if isinstance(data, Report):
            self.figures |= figures(data)

    @hook_impl
    def after_pipeline_run(self, pipeline: Pipeline, catalog: DataCatalog) -> None:
        """Print."""
        places = {name: place_of(catalog, name) for name in sorted(pipeline.all_outputs())}
        lines = [
            *section("made", {name: short(place) for name, place in places.items() if place}),
            *section("figures", {name: number(value) for name, value in self.figures.items()}),
            *section("look", looks(self.record)),
        ]
        sys.stdout.write("\n".join(["", *lines, ""]))
        sys.stdout.flush()

    @hook_impl
    def on_pipeline_error(self, error: Exception, pipeline: Pipeline, catalog: DataCatalog) -> None:
        """Put the way out below the error, where there is one: Python prints it last."""
        work = plain(catalog.load("parameters")).get("execution", {}).get("work", ".")
        places = [work, *(place_of(catalog, name) for name in pipeline.all_outputs())]
        if remedy := remedy_of(error, filter(None, places)):
            error.add_note(remedy)


def section(title: str, rows: Mapping[str, str]) -> Iterator[str]:
    """A heading and its rows in two columns; nothing where there are no rows."""
    width = max(map(len, rows), default=0)
    if rows:
        yield title
        yield from (f"  {name:{width}}  {value}" for name, value in rows.items())


def number(value: float) -> str:
    """A count in full, a share in four digits."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:.4g}"


def looks(record: RunRecord) -> dict[str, str]:
    """What a person may type to see more of this run."""
    lineage = {"lineage": "kedro viz run"}
    if record.tracker is None:
        return lineage
    tracker = record.tracker
    if tracker.offline:
        open_it = f"python -m str_pipelines.tracking replay {short(str(tracker.file))} --uri {tracker.uri}"
    elif tracker.uri.startswith("http"):
        open_it = tracker.uri
    else:
        open_it = f"mlflow ui --backend-store-uri {relative(tracker.uri)}"
    return {"run": f"{record.name} ({tracker.run_id})", "MLflow": open_it, **lineage}


def relative(uri: str) -> str:
    """A SQLite store below the working directory as it is typed there."""
    start = "sqlite:///"
    return start + short(uri.removeprefix(start)) if uri.startswith(start) else uri


def short(place: str) -> str:
    """A path below the working directory relative to it."""
    path, here = Path(place), Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else place
