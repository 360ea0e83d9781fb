"""MLflow's client, and what a run may ask of it."""

from __future__ import annotations

import json
import logging
import os
import tempfile
from collections.abc import Callable
from functools import lru_cache
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any

from str_pipelines.storage.databases import one_at_a_time, reason_of
from str_pipelines.tracking.sheets_view import show_sheet

logger = logging.getLogger(__package__)

CALM = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",  # MLflow's own 7, growing, hold a run for 4 minutes at every dead call
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}


@lru_cache
def client_of(uri: str) -> Any:
    """The client of the store at `uri`, one a process."""
    os.environ.update({name: value for name, value in CALM.items() if name not in os.environ})
    from mlflow import MlflowClient

    logging.getLogger("mlflow.store.db.utils").setLevel(logging.CRITICAL)  # 80 lines where one of ours says it
    with one_at_a_time(uri):
        return MlflowClient(tracking_uri=uri)


def failures() -> tuple[type[Exception], ...]:
    """What a store may raise that is full, locked, read-only or gone."""
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    return MlflowException, SQLAlchemyError, OSError


def open_run(client: Any, experiment: str, name: str, tags: dict[str, str], artifacts: str | None, at: int) -> str:
    """The id of a new run, in an experiment that is made where there is none.

    `artifacts` is the folder below which an experiment that is made keeps its files; None leaves it to the server.
    `at` is milliseconds since 1970, here and below.
    """
    home = _experiment(client, experiment, f"{artifacts}/{experiment}" if artifacts else None)
    return str(client.create_run(home, start_time=at, tags=tags, run_name=name).info.run_id)


def _experiment(client: Any, name: str, place: str | None) -> str:
    if known := client.get_experiment_by_name(name):
        return str(known.experiment_id)
    try:
        return str(client.create_experiment(name, artifact_location=place))
    except failures():
        if known := client.get_experiment_by_name(name):  # another process was quicker
            return str(known.experiment_id)
        raise


def find_run(client: Any, tag: str, value: str) -> str:
    """The id of a run with this tag; empty if there is none."""
    runs = client.search_runs(_experiments(client), f"tags.`{tag}` = '{value}'")
    return str(runs[0].info.run_id) if runs else ""


def close_dead_runs(uri: str, host: str, alive: Callable[[str], bool]) -> list[str]:
    """Mark as KILLED the runs of this host that are still RUNNING although their process is gone; return their ids.

    A run says who runs it by the tags `process.host` and `process.id`; `alive` tells whether such an id still lives.
    """
    client, dead = client_of(uri), []
    ours = f"attributes.status = 'RUNNING' and tags.`process.host` = '{host}'"
    try:
        for run in client.search_runs(_experiments(client), ours):
            if not alive(run.data.tags.get("process.id", "")):
                client.set_tag(run.info.run_id, "error", "its process was found gone when the next run began")
                client.set_terminated(run.info.run_id, "KILLED")
                dead.append(run.info.run_id)
    except failures() as error:
        logger.warning("MLflow could not be searched for runs of dead processes (%s)", reason_of(error))
    return dead


def _experiments(client: Any) -> list[str]:
    return [experiment.experiment_id for experiment in client.search_experiments()]


def _write_params(client: Any, run_id: str, values: dict[str, str]) -> None:
    from mlflow.entities import Param

    client.log_batch(run_id, params=[Param(name, value) for name, value in values.items()])


def _write_metrics(client: Any, run_id: str, values: dict[str, float], step: int, at: int) -> None:
    from mlflow.entities import Metric

    client.log_batch(run_id, metrics=[Metric(key, value, at, step) for key, value in values.items()])


def _write_tags(client: Any, run_id: str, values: dict[str, str]) -> None:
    from mlflow.entities import RunTag

    client.log_batch(run_id, tags=[RunTag(name, value) for name, value in values.items()])


def _write_image(client: Any, run_id: str, key: str, png: bytes, step: int, at: int) -> None:
    from PIL import Image

    with Image.open(BytesIO(png)) as image:
        client.log_image(run_id, image, key=key, step=step, timestamp=at)
    expected: tuple[type[Exception], ...] = (*failures(), ValueError)
    try:
        show_sheet(client, run_id, key, at)
    except expected as error:
        logger.info("MLflow's view of sheets side by side stays without %s (%s)", key, reason_of(error))


def _write_artifact(client: Any, run_id: str, path: str, data: bytes) -> None:
    place = PurePosixPath(path)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, place.name)
        file.write_bytes(data)
        client.log_artifact(run_id, str(file), str(place.parent) if place.parent.name else None)


def _write_dataset(
    client: Any, run_id: str, role: str, name: str, path: str, digest: str, facts: dict[str, object]
) -> None:
    from mlflow.entities import Dataset, DatasetInput, InputTag

    dataset = Dataset(name, digest, "local", json.dumps({"uri": path}), profile=json.dumps(facts))
    client.log_inputs(run_id, [DatasetInput(dataset, [InputTag("mlflow.data.context", role)])])


def _write_end(client: Any, run_id: str, status: str, at: int) -> None:
    client.set_terminated(run_id, status, at)


_WRITERS = (_write_params, _write_metrics, _write_tags, _write_image, _write_artifact, _write_dataset, _write_end)
WRITES: dict[str, Callable[..., None]] = {writer.__name__.removeprefix("_write_"): writer for writer in _WRITERS}
