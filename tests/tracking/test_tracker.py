"""The tracker, on a store of its own and on stores that do not answer."""

from __future__ import annotations

import io
import json
import pickle
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from str_pipelines.hooks.guard import alive, process_id
from str_pipelines.tracking import (
    Tracker,
    active_run_id,
    active_tracker,
    close_dead_runs,
    replay,
    set_active,
    start_run,
)
from str_pipelines.tracking.store import open_run

DEAD = "http://127.0.0.1:9"


@pytest.fixture
def client(store: str) -> Any:
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=store)


def begin(uri: str, tmp_path: Path, **tags: str) -> Tracker:
    return start_run(uri, "trials", "a trial", tags, tmp_path / "artifacts", tmp_path / "offline")


def write_all(tracker: Tracker) -> None:
    from PIL import Image

    png = io.BytesIO()
    Image.new("RGB", (4, 4)).save(png, "PNG")
    tracker.params({f"p{number}": number for number in range(150)})
    tracker.metrics({"loss/train": 0.5, "loss/valid": float("nan")}, step=7)
    tracker.tags({"note": "a" * 6000})
    tracker.image("sheet: 1/words", png.getvalue(), step=7)
    tracker.artifact("deep/er/file.bin", bytes(range(256)))
    tracker.dataset("output", "words", "/data/words", "d" * 64, count=3)
    tracker.end("FINISHED")


def check_all(client: Any, run_id: str) -> None:
    run = client.get_run(run_id)
    assert run.info.run_name == "a trial"
    assert run.info.status == "FINISHED"
    assert len(run.data.params) == 150
    assert run.data.metrics["loss/train"] == 0.5
    assert len(run.data.tags["note"]) == 5000
    assert client.get_metric_history(run_id, "loss/train")[0].step == 7
    (entry,) = run.inputs.dataset_inputs
    assert (entry.dataset.name, entry.dataset.digest, entry.tags[0].value) == ("words", "d" * 36, "output")
    home = Path(run.info.artifact_uri)
    assert (home / "deep/er/file.bin").read_bytes() == bytes(range(256))
    assert len(list((home / "images").glob("sheet_ 1~words+step+7+*.png"))) == 1


def test_everything_reaches_the_store(store: str, tmp_path: Path, client: Any) -> None:
    tracker = begin(store, tmp_path)
    write_all(tracker)
    check_all(client, tracker.run_id)
    assert not tracker.file.exists()


def test_what_a_file_kept_reaches_the_store_later(store: str, tmp_path: Path, client: Any) -> None:
    tracker = begin(DEAD, tmp_path)
    write_all(tracker)
    ended = json.loads(tracker.file.read_text().splitlines()[-1])["at"]
    run_id = replay(tracker.file, store)
    check_all(client, run_id)
    assert client.get_run(run_id).info.end_time == ended
    assert [file.suffix for file in tracker.spool.iterdir()] == [".replayed"]


def test_replay_as_a_command(store: str, tmp_path: Path, client: Any) -> None:
    tracker = begin(DEAD, tmp_path)
    tracker.end("KILLED")
    command = [sys.executable, "-m", "str_pipelines.tracking", "replay", str(tracker.file), "--uri", store]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert client.get_run(said.split()[1]).info.status == "KILLED"


def test_replay_to_a_dead_store_hands_over_nothing(tmp_path: Path) -> None:
    tracker = begin(DEAD, tmp_path)
    with pytest.raises(ConnectionError, match="does not answer|cannot be used"):
        replay(tracker.file, DEAD)
    assert tracker.file.exists()


def test_a_dead_server_costs_little_and_one_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    begun = time.monotonic()
    tracker = begin(DEAD, tmp_path)
    for step in range(100):
        tracker.metrics({"loss/train": step}, step=step)
    assert time.monotonic() - begun < 5
    assert len(caplog.records) == 1
    assert len(tracker.file.read_text().splitlines()) == 101


def test_a_server_that_dies_in_the_middle(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    tracker = Tracker(DEAD, "0" * 32, tmp_path)
    for step in range(3):
        tracker.metrics({"loss/train": 1}, step=step)
    assert tracker.offline
    assert [record.name for record in caplog.records].count("str_pipelines.tracking") == 1
    assert [json.loads(line)["step"] for line in tracker.file.read_text().splitlines()] == [0, 1, 2]


def test_a_live_store_that_refuses_one_thing_is_asked_again(
    store: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    tracker = begin(store, tmp_path)
    tracker.image("sheet", b"not a picture")
    assert not tracker.offline
    assert "did not take image" in caplog.text
    assert [json.loads(line)["do"] for line in tracker.file.read_text().splitlines()] == ["image"]


def test_two_first_runs_at_once_are_both_in_the_store(tmp_path: Path) -> None:
    """Neither the tables nor the experiment are there yet when both begin."""
    script = (
        "import sys; from pathlib import Path; from str_pipelines.tracking import start_run;"
        "print(start_run(sys.argv[1], 'new', 'first', {}, None, Path(sys.argv[2])).offline)"
    )
    command = [sys.executable, "-c", script, f"sqlite:///{tmp_path / 'mlflow.db'}", str(tmp_path)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [process.communicate()[0] for process in both] == ["False\n", "False\n"]


def test_an_experiment_that_another_process_makes_meanwhile_is_used(tmp_path: Path) -> None:
    from mlflow.exceptions import MlflowException

    known = iter([None, SimpleNamespace(experiment_id="7")])

    def create_experiment(name: str, artifact_location: str | None) -> str:
        raise MlflowException("Experiment 'new' already exists.")

    client = SimpleNamespace(
        get_experiment_by_name=lambda name: next(known),
        create_experiment=create_experiment,
        create_run=lambda home, **_: SimpleNamespace(info=SimpleNamespace(run_id=f"a run of {home}")),
    )
    assert open_run(client, "new", "first", {}, None, 1) == "a run of 7"


@pytest.mark.parametrize("place", ["not-a-database", "folder"])
def test_a_store_that_cannot_be_written(place: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "not-a-database").write_text("something else" * 100)
    (tmp_path / "folder").mkdir()
    tracker = begin(f"sqlite:///{tmp_path / place}", tmp_path)
    assert tracker.offline
    assert "cannot be used" in caplog.text


def test_pickles(tmp_path: Path) -> None:
    tracker = Tracker(DEAD, "abc", tmp_path, offline=True)
    assert pickle.loads(pickle.dumps(tracker)) == tracker  # noqa: S301


def test_runs_of_dead_processes_are_killed_and_no_others(store: str, tmp_path: Path, client: Any) -> None:
    gone = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    tags = {"process.host": "here", "process.id": process_id(gone.pid)}
    gone.communicate()
    dead = begin(store, tmp_path, **tags)
    done = begin(store, tmp_path, **tags)
    done.end("FINISHED")
    elsewhere = begin(store, tmp_path, **{**tags, "process.host": "there"})
    living = begin(store, tmp_path, **{"process.host": "here", "process.id": process_id(subprocess.os.getpid())})
    assert close_dead_runs(store, "here", alive) == [dead.run_id]
    states = [client.get_run(tracker.run_id).info.status for tracker in (dead, done, elsewhere, living)]
    assert states == ["KILLED", "FINISHED", "RUNNING", "RUNNING"]
    assert "found gone" in client.get_run(dead.run_id).data.tags["error"]


def test_child_processes_know_the_run_in_progress(tmp_path: Path) -> None:
    set_active(mine := Tracker("sqlite:///nowhere.db", "abc", tmp_path, offline=True))
    try:
        script = (
            "from str_pipelines.tracking import active_run_id, active_tracker; print(active_run_id(), active_tracker())"
        )
        said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
        assert active_tracker() == mine
        assert said == f"abc {mine}\n"
    finally:
        set_active(None)
    assert (active_run_id(), active_tracker()) == ("", None)
