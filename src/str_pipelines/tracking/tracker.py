"""`Tracker` writes to one MLflow run by its id, or to a file where the store does not answer.

Nothing uses MLflow's idea of an active run.
"""

from __future__ import annotations

import json
import logging
import os
import re
import shlex
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

from str_pipelines.storage.databases import reason_of, silence_of
from str_pipelines.storage.journal import append
from str_pipelines.tracking.kept import KEPT
from str_pipelines.tracking.store import WRITES, client_of, failures, open_run

logger = logging.getLogger(__package__)

PAUSE = 60  # seconds between two warnings of a run about the same
ACTIVE = "STR_RUN_ID"  # an environment variable, so that child processes know the run in progress too
STORE = "STR_RUN_STORE"  # likewise: where it is recorded
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
                WRITES[operation](client_of(self.uri), self.run_id, **arguments)
            except failures() as error:
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


def active_tracker() -> Tracker | None:
    """A tracker on the run in progress, in whichever process this is; None outside a run."""
    if not (said := os.environ.get(STORE)):
        return None
    uri, spool, offline = json.loads(said)
    return Tracker(uri, active_run_id(), Path(spool), offline)


def set_active(tracker: Tracker | None) -> None:
    """Make its run the one in progress, here and in processes started from now on."""
    for name in (ACTIVE, STORE):
        os.environ.pop(name, None)
    if tracker:
        os.environ[ACTIVE] = tracker.run_id
        os.environ[STORE] = json.dumps([tracker.uri, str(tracker.spool), tracker.offline])


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
            return Tracker(uri, open_run(client_of(uri), **opening), spool)
        except failures() as error:
            reason = reason_of(error)
    tracker = Tracker(uri, uuid4().hex, spool, offline=True)
    command = shlex.join(["python", "-m", "str_pipelines.tracking", "replay", str(tracker.file), "--uri", uri])
    tracker._warn(f"MLflow at {uri} cannot be used ({reason}). The run is kept in a file; later: {command}")
    tracker._keep("open", {**opening, "tags": {**tags, KEPT: tracker.run_id}})
    return tracker


def _now() -> int:
    return time.time_ns() // 1_000_000


def _short(text: str, size: int) -> str:
    return text if len(text) <= size else text[: size - 1] + "…"
