# mypy: disallow-untyped-decorators=False
"""One MLflow run for each `kedro run`: parameters, code, inputs, outputs, figures, and how it ended."""

from __future__ import annotations

import os
import tempfile
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from socket import gethostname
from typing import Any, Literal

import yaml
from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node
from pydantic import BaseModel, ConfigDict

from str_pipelines.hooks.facts import digests_of, experiment_of, name_of, tags_of
from str_pipelines.hooks.guard import Guard, alive
from str_pipelines.hooks.parameters import chosen, nested, parameters_of, place_of
from str_pipelines.hooks.reports import log_report
from str_pipelines.records import Report
from str_pipelines.storage.digests import work_key
from str_pipelines.tracking import Status, Tracker, close_dead_runs, set_active, start_run

WITHOUT_EFFECT = ("execution.", "hardware.")
"""Parameters that say how wide and where a run works, and never change what comes out."""


class TrackingSettings(BaseModel):
    """conf/<env>/mlflow.yml."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    enabled: bool
    tracking_uri: str
    artifacts: Path
    max_artifact_mb: float

    def store(self, project: Path) -> str:
        """The URI of the store; MLFLOW_TRACKING_URI wins, a relative SQLite file lies below the project."""
        uri = os.environ.get("MLFLOW_TRACKING_URI") or self.tracking_uri
        scheme, found, file = uri.partition("sqlite:///")
        return f"{found}{project / file}" if found and not scheme else uri


class RunRecord:
    """Opens a run before the first node and closes it after the last, however the process ends."""

    def __init__(self) -> None:
        self.name = ""
        self.tracker: Tracker | None = None
        self.guard: Guard | None = None

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Read conf/<env>/mlflow.yml; nothing is opened for `kedro catalog` or `kedro viz`."""
        self.project = Path(context.project_path)
        self.settings = TrackingSettings(**context.config_loader["mlflow"])

    @hook_impl
    def before_pipeline_run(self, run_params: Mapping[str, Any], pipeline: Pipeline, catalog: DataCatalog) -> None:
        """Open the run and write down everything that is known before it."""
        self._close("KILLED")  # in a notebook, an interrupted run is still open when the next one begins
        self.tracker = None
        if not self.settings.enabled:
            return
        self.catalog, self.begun, self.seconds = catalog, dict[str, float](), dict[str, float]()
        self.noted = set(pipeline.all_outputs())
        experiment = experiment_of(run_params)
        parameters = parameters_of(pipeline, catalog, run_params["runtime_params"])
        digests = [f"{name} {digest}" for name, digest in digests_of(pipeline, catalog).items()]
        telling = {name: value for name, value in parameters.items() if not name.startswith(WITHOUT_EFFECT)}
        key = work_key(experiment, 1, telling, *digests)
        self.name = name_of(run_params, key)
        self.tracker = self._open(experiment, {**tags_of(run_params, self.project), "work_key": key})
        self.guard = Guard(lambda: self._close("KILLED"))
        self.tracker.params({**parameters, **chosen(pipeline, catalog)})
        self.tracker.artifact("parameters.yml", yaml.safe_dump(nested(parameters), allow_unicode=True).encode())

    @hook_impl
    def before_node_run(self, node: Node) -> None:
        """Start the clock."""
        if self.tracker:
            self.begun[node.name] = time.perf_counter()

    @hook_impl
    def after_dataset_loaded(self, dataset_name: str, data: Any) -> None:
        """Note an input of the run when it is first read."""
        if self.tracker and dataset_name not in self.noted:
            self.noted.add(dataset_name)
            self._note("input", dataset_name, data)

    @hook_impl
    def after_dataset_saved(self, dataset_name: str, data: Any, node: Node) -> None:
        """Note an output; a report's figures and pictures too. Saving is part of a node's time: it is the commit."""
        if self.tracker:
            self._note("output", dataset_name, data)
            self.seconds[f"seconds/{node.name}"] = time.perf_counter() - self.begun[node.name]
            if isinstance(data, Report):
                log_report(self.tracker, dataset_name, data, int(self.settings.max_artifact_mb * 1e6))

    @hook_impl
    def after_pipeline_run(self) -> None:
        """Done."""
        self._close("FINISHED")

    @hook_impl
    def on_pipeline_error(self, error: Exception) -> None:
        """Say what went wrong."""
        if self.tracker:
            self.tracker.tags({"error": f"{type(error).__name__}: {error}"})
            self.tracker.artifact("error.txt", "".join(traceback.format_exception(error)).encode())
        self._close("FAILED")

    def _open(self, experiment: str, tags: dict[str, str]) -> Tracker:
        uri = self.settings.store(self.project)
        artifacts = self.project / self.settings.artifacts if uri.startswith("sqlite") else None
        home = self.project if os.access(self.project, os.W_OK) else Path(tempfile.gettempdir())
        tracker = start_run(uri, experiment, self.name, tags, artifacts, home / "mlflow_offline")
        set_active(tracker)
        if not tracker.offline:
            close_dead_runs(uri, gethostname(), alive)
        return tracker

    def _note(self, role: Literal["input", "output"], name: str, data: Any) -> None:
        if self.tracker and hasattr(data, "digest") and hasattr(data, "path"):
            sizes = {fact: getattr(data, fact, None) for fact in ("count", "rows")}
            counts = {fact: size for fact, size in sizes.items() if isinstance(size, int)}
            place = place_of(self.catalog, name) or str(data.path)
            self.tracker.dataset(role, name, place, data.digest, **counts)

    def _close(self, status: Status) -> None:
        if self.tracker and self.guard:
            self.guard.remove()
            self.guard = None
            self.tracker.metrics(self.seconds)
            self.tracker.end(status)
            set_active(None)
