"""The record of a run: `Tracker` writes to one MLflow run by its id, or to a file where the store does not answer.

The only module that imports MLflow, and only when something is written. Nothing uses MLflow's idea of an active run.
`python -m str_pipelines.tracking replay FILE` hands over what a file kept.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import re
import shlex
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any, Literal
from uuid import uuid4

from str_pipelines.sheets_view import show_sheet
from str_pipelines.storage.databases import reason_of, silence_of
from str_pipelines.storage.journal import append, lines

logger = logging.getLogger(__name__)

PAUSE = 60  # seconds between two warnings of a run about the same
CALM = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",  # MLflow's own 7, growing, hold a run for 4 minutes at every dead call
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}
ACTIVE = "STR_RUN_ID"  # an environment variable, so that child processes know the run in progress too
KEPT = "kept_as"  # a tag: under which id a file kept the run, so that handing it over twice makes one run
_WARNED: dict[tuple[str, str], float] = {}  # when a run warned last

Status = Literal["FINISHED", "FAILED", "KILLED"]


@dataclass
class Tracker:
    """Writes to one MLflow run. Pickles as four plain values, so it may travel to any process.

    What the store does not take goes to `<spool>/<run_id>.jsonl`, with a warning; nothing here raises for a dead store.
    """

    uri: str
    run_id: str
    spool: Path = Path("mlflow_offline")
    offline: bool = False

    @property
    def file(self) -> Path:
        """Where points are kept that the store did not take."""
        return self.spool / f"{self.run_id}.jsonl"

    def params(self, values: Mapping[str, object]) -> None:
        """Parameters by dotted name. MLflow keeps 6,000 characters of each; the first 500 are enough to compare."""
        self._do("params", values={name: _short(str(value), 500) for name, value in values.items()})

    def metrics(self, values: Mapping[str, float], step: int = 0) -> None:
        """Figures by `<chart>/<curve>` at one step."""
        clean = {re.sub(r"[^\w\-./ :]", "_", key): float(value) for key, value in values.items()}
        self._do("metrics", values=clean, step=step, at=_now())

    def tags(self, values: Mapping[str, object]) -> None:
        """Facts to search runs by."""
        self._do("tags", values={name: _short(str(value), 5000) for name, value in values.items()})

    def image(self, key: str, png: bytes, step: int = 0) -> None:
        """A picture that MLflow shows beside the same key of other runs."""
        self._do("image", key=re.sub(r"[^a-zA-Z0-9_\-./ ]", "_", key), png=png, step=step, at=_now())

    def artifact(self, path: str, data: bytes) -> None:
        """A small file, under `path` relative to the run's artifacts."""
        self._do("artifact", path=path, data=data)

    def dataset(self, role: Literal["input", "output"], name: str, path: str, digest: str, **facts: object) -> None:
        """That the run read or made this: of equal content under one name MLflow keeps the place that it saw first."""
        self._do("dataset", role=role, name=name, path=path, digest=digest[:36], facts=facts)

    def end(self, status: Status) -> None:
        """Close the run."""
        self._do("end", status=status, at=_now())

    def _do(self, operation: str, **arguments: Any) -> None:
        if not self.offline:
            try:
                WRITES[operation](_client(self.uri), self.run_id, **arguments)
            except _failures() as error:
                silence = silence_of(self.uri)
                self.offline = bool(silence)
                self._warn(f"MLflow did not take {operation} ({silence or reason_of(error)}); kept in {self.file}")
            else:
                return
        self._keep(operation, arguments)

    def _keep(self, operation: str, arguments: Mapping[str, Any]) -> None:
        try:
            append(self.file, {"do": operation, **arguments})
        except OSError as error:
            self._warn(f"{operation} is lost: the store is out of reach, and {self.file} too ({error})", "lost")

    def _warn(self, text: str, topic: str = "kept") -> None:
        subject = (self.run_id, topic)
        if time.monotonic() > _WARNED.get(subject, -PAUSE) + PAUSE:
            _WARNED[subject] = time.monotonic()
            logger.warning(text)


def active_run_id() -> str:
    """The run in progress, for records to say which run made them; empty outside a run."""
    return os.environ.get(ACTIVE, "")


def set_active(run_id: str) -> None:
    """Make this the run in progress, here and in processes started from now on; empty for none."""
    os.environ.pop(ACTIVE, None)
    if run_id:
        os.environ[ACTIVE] = run_id


def start_run(
    uri: str, experiment: str, name: str, tags: Mapping[str, str], artifacts: Path | None, spool: Path
) -> Tracker:
    """Open a run, or a file in `spool` if the store at `uri` does not answer within five seconds.

    `artifacts` is the folder for the artifacts of a store on this machine; None leaves the place to the server.
    """
    opening: dict[str, Any] = {"experiment": experiment, "name": name, "tags": dict(tags), "at": _now()}
    opening["artifacts"] = str(artifacts.resolve()) if artifacts else None
    if not (reason := silence_of(uri)):
        try:
            return Tracker(uri, _open(_client(uri), **opening), spool)
        except _failures() as error:
            reason = reason_of(error)
    tracker = Tracker(uri, uuid4().hex, spool, offline=True)
    command = shlex.join(["python", "-m", "str_pipelines.tracking", "replay", str(tracker.file), "--uri", uri])
    tracker._warn(f"MLflow at {uri} cannot be used ({reason}). The run is kept in a file; later: {command}")
    tracker._keep("open", {**opening, "tags": {**tags, KEPT: tracker.run_id}})
    return tracker


def replay(file: Path, uri: str) -> str:
    """Hand over to MLflow what a file kept, rename the file, and return the id of the run.

    Interrupted, it may be repeated: MLflow takes the same point once.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: a line of it cannot be read.
        ConnectionError: the store does not answer; nothing has been handed over.
    """
    if not file.is_file():
        raise FileNotFoundError(f"{file}: no such file; runs that were kept lie in mlflow_offline/")
    if reason := silence_of(uri):
        raise ConnectionError(f"MLflow at {uri} cannot be used ({reason}); try again when it answers")
    run_id, client = file.stem, _client(uri)
    for arguments in lines(file):
        operation = arguments.pop("do")
        if operation == "open":
            run_id = _begun(client, file.stem) or _open(client, **arguments)
        else:
            WRITES[operation](client, run_id, **arguments)
    file.rename(file.with_suffix(".replayed"))
    return run_id


def close_dead_runs(uri: str, host: str, alive: Callable[[str], bool]) -> list[str]:
    """Mark as KILLED the runs of this host that are still RUNNING although their process is gone; return their ids.

    A run says who runs it by the tags `process.host` and `process.id`; `alive` tells whether such an id still lives.
    """
    client, dead = _client(uri), []
    ours = f"attributes.status = 'RUNNING' and tags.`process.host` = '{host}'"
    try:
        for run in client.search_runs(_experiments(client), ours):
            if not alive(run.data.tags.get("process.id", "")):
                client.set_tag(run.info.run_id, "error", "its process was found gone when the next run began")
                client.set_terminated(run.info.run_id, "KILLED")
                dead.append(run.info.run_id)
    except _failures() as error:
        logger.warning("MLflow could not be searched for runs of dead processes (%s)", reason_of(error))
    return dead


def _open(client: Any, experiment: str, name: str, tags: dict[str, str], artifacts: str | None, at: int) -> str:
    known = client.get_experiment_by_name(experiment)
    place = f"{artifacts}/{experiment}" if artifacts else None
    home = known.experiment_id if known else client.create_experiment(experiment, artifact_location=place)
    return str(client.create_run(home, start_time=at, tags=tags, run_name=name).info.run_id)


def _experiments(client: Any) -> list[str]:
    return [experiment.experiment_id for experiment in client.search_experiments()]


def _begun(client: Any, kept: str) -> str:
    """The run that an earlier, interrupted handing over of this file has opened; empty if there is none."""
    runs = client.search_runs(_experiments(client), f"tags.`{KEPT}` = '{kept}'")
    return str(runs[0].info.run_id) if runs else ""


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
    show_sheet(client, run_id, key, at)


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


@lru_cache
def _client(uri: str) -> Any:
    os.environ.update({name: value for name, value in CALM.items() if name not in os.environ})
    from mlflow import MlflowClient

    logging.getLogger("mlflow.store.db.utils").setLevel(logging.CRITICAL)  # 80 lines where one of ours says it
    return MlflowClient(tracking_uri=uri)


def _failures() -> tuple[type[Exception], ...]:
    """What a store may raise that is full, locked, read-only or gone."""
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    return MlflowException, SQLAlchemyError, OSError


def _now() -> int:
    return time.time_ns() // 1_000_000


def _short(text: str, size: int) -> str:
    return text if len(text) <= size else text[: size - 1] + "…"


def main() -> None:
    """The command line: `replay FILE [--uri URI]`."""
    parser = argparse.ArgumentParser(prog="python -m str_pipelines.tracking", description="Hand a kept run to MLflow.")
    parser.add_argument("action", choices=["replay"])
    parser.add_argument("file", type=Path, help="mlflow_offline/<run>.jsonl")
    parser.add_argument("--uri", default=os.environ.get("MLFLOW_TRACKING_URI", "sqlite:///mlflow.db"))
    arguments = parser.parse_args()
    expected: tuple[type[Exception], ...] = (*_failures(), ValueError)
    try:
        sys.stdout.write(f"run {replay(arguments.file, arguments.uri)} at {arguments.uri}\n")
    except expected as error:
        parser.exit(1, f"{reason_of(error)}\n")


if __name__ == "__main__":
    main()
