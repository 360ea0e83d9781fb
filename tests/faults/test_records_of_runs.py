"""A store that cannot be written, or is full, costs a warning and no point, and never the run."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from str_pipelines.tracking import Tracker, replay, start_run
from tests.faults.conftest import Resize, fill

DEAD = "http://127.0.0.1:9"
PNG = b"\x89PNG\r\n\x1a\n"


def begin(uri: str, folder: Path) -> Tracker:
    return start_run(uri, "trials", "a trial", {}, folder / "artifacts", folder / "offline")


def history(store: str, run_id: str) -> list[tuple[int, float]]:
    from mlflow import MlflowClient

    points = MlflowClient(tracking_uri=store).get_metric_history(run_id, "loss/train")
    return [(point.step, point.value) for point in points]


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


def test_a_store_on_a_read_only_disk(
    store: str, disk: Path, remount: Resize, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    begin(store, tmp_path).end("FINISHED")
    shutil.copy(store.removeprefix("sqlite:///"), disk / "mlflow.db")  # nobody has it open
    store = f"sqlite:///{disk / 'mlflow.db'}"
    remount("ro")
    start = time.monotonic()
    tracker = begin(store, tmp_path)
    for step in range(10):
        tracker.metrics({"loss/train": step}, step)
    tracker.end("FINISHED")
    assert time.monotonic() - start < 5
    [warning] = warnings(caplog)
    assert "readonly database" in warning and "python -m str_pipelines.tracking replay" in warning
    remount("rw")
    assert history(store, replay(tracker.file, store)) == [(step, step) for step in range(10)]


def test_a_store_on_a_full_disk(disk: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = f"sqlite:///{disk / 'mlflow.db'}"
    first = begin(store, tmp_path)
    ballast = fill(disk)
    second = begin(store, tmp_path)
    for step in range(20):
        first.metrics({"loss/train": step}, step)
        second.metrics({"loss/train": step}, step)
    assert len(warnings(caplog)) <= 2, "one a run"
    assert all("full" in warning and "\n" not in warning for warning in warnings(caplog))
    ballast.unlink()
    run_id = replay(second.file, store)
    assert history(store, run_id) == [(step, step) for step in range(20)]
    if first.file.exists():
        assert replay(first.file, store) == first.run_id
    assert history(store, first.run_id) == [(step, step) for step in range(20)]


def test_artifacts_on_a_full_disk_while_the_store_has_room(
    store: str, disk: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    tracker = start_run(store, "elsewhere", "a trial", {}, disk / "artifacts", tmp_path / "offline")
    ballast = fill(disk)
    for number in range(5):
        tracker.artifact(f"{number}.bin", bytes(100_000))
        tracker.metrics({"loss/train": 1}, number)
    [warning] = warnings(caplog)
    assert "did not take artifact" in warning and "No space left" in warning
    assert len(history(store, tracker.run_id)) == 5, "points go on to the store"
    ballast.unlink()
    replay(tracker.file, store)
    assert len(list((disk / "artifacts").rglob("*.bin"))) == 5


def test_nowhere_to_write_is_said_and_no_end(
    disk: Path, remount: Resize, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for hinder in (lambda: fill(disk), lambda: remount("ro")):
        caplog.clear()
        hinder()
        tracker = begin(DEAD, disk)
        for step in range(10):
            tracker.metrics({"loss/train": step}, step)
        tracker.end("FINISHED")
        assert [warning.split(" ")[0] for warning in warnings(caplog)] == ["MLflow", "open"]
        assert "is lost" in warnings(caplog)[1] and str(tracker.file) in warnings(caplog)[1]


def test_a_disk_that_fills_up_and_gets_room_again_keeps_whole_lines(disk: Path, tmp_path: Path, store: str) -> None:
    tracker = begin(DEAD, disk)
    tracker.metrics({"loss/train": 0}, 0)
    ballast = fill(disk)
    for step in range(1, 400):
        tracker.metrics({"loss/train": step}, step)
    ballast.unlink()
    tracker.metrics({"loss/train": 400}, 400)
    points = history(store, replay(tracker.file, store))
    assert points[0] == (0, 0) and points[-1] == (400, 400) and len(points) < 401


def test_a_handing_over_that_broke_off_makes_no_second_run(
    store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlflow import MlflowClient

    from str_pipelines.tracking.store import WRITES

    tracker, written, write_metrics = begin(DEAD, tmp_path), 0, WRITES["metrics"]
    for step in range(4):
        tracker.metrics({"loss/train": step}, step)
    tracker.end("FINISHED")

    def breaking(*arguments: Any, **more: Any) -> None:
        nonlocal written
        written += 1
        if written == 3:
            raise OSError("gone")
        write_metrics(*arguments, **more)

    with monkeypatch.context() as patch:
        patch.setitem(WRITES, "metrics", breaking)
        with pytest.raises(OSError, match="gone"):
            replay(tracker.file, store)
    run_id = replay(tracker.file, store)
    assert history(store, run_id) == [(step, step) for step in range(4)]
    client = MlflowClient(tracking_uri=store)
    home = client.get_run(run_id).info.experiment_id
    assert len(client.search_runs([home], f"tags.kept_as = '{tracker.run_id}'")) == 1


def test_what_cannot_be_handed_over_is_named(tmp_path: Path, store: str) -> None:
    with pytest.raises(
        FileNotFoundError, match=r"gone\.jsonl: no such file; runs that were kept lie in mlflow_offline/"
    ):
        replay(tmp_path / "gone.jsonl", store)
    file = tmp_path / "kept.jsonl"
    file.write_text("{\n")
    command = [sys.executable, "-m", "str_pipelines.tracking", "replay", str(file), "--uri", store]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"{file}, line 1: not JSON" in done.stderr and "Traceback" not in done.stderr
