"""What MLflow knows of a run of the toy project."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from str_pipelines.tracking import active_run_id

Run = Callable[..., None]
DEAD = "http://127.0.0.1:9"


@pytest.fixture
def last(store: str) -> Callable[[], Any]:
    """The run that was begun last in the store."""
    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri=store)

    def last() -> Any:
        homes = [experiment.experiment_id for experiment in client.search_experiments()]
        return client.search_runs(homes, order_by=["attributes.start_time DESC"], max_results=1)[0]

    return last


def read(run: Any, path: str) -> bytes:
    return (Path(run.info.artifact_uri) / path).read_bytes()


def test_a_run_is_written_down(toy: Path, run: Run, last: Callable[[], Any]) -> None:
    run("use", env="paper", params={"use": {"step": {"text": "x" * 700}}})
    found = last()
    assert found.info.status == "FINISHED"
    assert found.info.run_name.startswith("use/paper/")
    assert found.info.run_name.endswith(found.data.tags["work_key"][:8])
    assert found.data.tags["kedro.env"] == "paper"
    assert found.data.params["use.step.factor"] == "3"
    assert found.data.params["use.step.mood"] == "good"
    assert len(found.data.params["use.step.text"]) == 500
    assert yaml.safe_load(read(found, "parameters.yml"))["use"]["step"]["text"] == "x" * 700


def test_lineage_has_digests(toy: Path, run: Run, last: Callable[[], Any]) -> None:
    (toy / "data/words.txt").write_text("lineage\nin\nthree\n")
    run("use")
    found = {entry.dataset.name: entry for entry in last().inputs.dataset_inputs}
    assert {name: entry.tags[0].value for name, entry in found.items()} == {"words": "input", "kept": "output"}
    assert found["words"].dataset.digest == found["kept"].dataset.digest
    assert json.loads(found["kept"].dataset.source)["uri"] == str(toy / "data/kept.txt")
    assert json.loads(found["kept"].dataset.profile) == {"rows": 3}


def test_a_report_becomes_figures_pictures_and_small_files(
    toy: Path, run: Run, last: Callable[[], Any], caplog: pytest.LogCaptureFixture
) -> None:
    (toy / "conf/local/mlflow.yml").write_text("max_artifact_mb: 1\n")
    with caplog.at_level("INFO", "str_pipelines"):
        run("use")
    found = last()
    assert found.data.metrics["accuracy/all"] == 0.5
    assert found.data.metrics["accuracy/words _ 2"] == 2
    assert found.data.metrics["seconds/use.use"] > 0
    assert read(found, "use.report/report.md") == b"# Report"
    assert read(found, "use.report/readings.csv").decode().splitlines() == ["label,read", "a,b", "c,"]
    assert read(found, "use.report/notes/small.txt") == b"small"
    assert not (Path(found.info.artifact_uri) / "use.report/notes/large.bin").exists()
    assert "use.report/notes/large.bin: 2.0 MB stay out" in caplog.text
    assert [file.suffix for file in Path(found.info.artifact_uri, "images").glob("use.report~words+*.png")] == [".png"]


def test_the_work_key_follows_parameters_and_inputs(toy: Path, run: Run, last: Callable[[], Any]) -> None:
    def key(**params: Any) -> str:
        run("use", params=params)
        return str(last().data.tags["work_key"])

    first = key()
    assert key() == first
    assert key(use={"step": {"factor": 8}}) != first
    (toy / "data/words.txt").write_text("other\n")
    assert key() != first


def test_the_default_pipeline_goes_by_its_name(run: Run, last: Callable[[], Any]) -> None:
    run(None)
    assert last().info.run_name.startswith("use/local/")


def test_an_error_is_written_down(run: Run, last: Callable[[], Any]) -> None:
    with pytest.raises(ValueError, match="a bad mood"):
        run("use", params={"use": {"step": {"mood": "bad"}}})
    found = last()
    assert found.info.status == "FAILED"
    assert found.data.tags["error"] == "ValueError: a bad mood"
    assert b"a bad mood" in read(found, "error.txt")
    assert active_run_id() == ""


def test_a_refused_run_leaves_no_trace(toy: Path, run: Run, last: Callable[[], Any]) -> None:
    run("use")
    before = last().info.run_id
    (toy / "data/words.txt").unlink()
    with pytest.raises(FileNotFoundError):
        run("use")
    assert last().info.run_id == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_killed_run_is_killed(toy: Path, number: int, last: Callable[[], Any]) -> None:
    command = [sys.executable, "-m", "kedro", "run", "--pipeline=use", "--params=use.step.mood=slow"]
    process = subprocess.Popen(command, cwd=toy, stderr=subprocess.PIPE, text=True)
    assert process.stderr
    assert any("Running node: use" in line for line in process.stderr)
    time.sleep(0.2)
    process.send_signal(number)
    process.communicate(timeout=30)
    assert process.returncode != 0
    found = last()
    assert found.info.status == "KILLED"
    assert found.data.tags["kedro.command"] == "python -m kedro run --pipeline=use --params=use.step.mood=slow"


def test_a_dead_server_costs_a_warning_and_no_point(
    toy: Path, run: Run, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", DEAD)
    begun = time.monotonic()
    run("use")
    assert time.monotonic() - begun < 5
    assert [record.levelname for record in caplog.records if record.name == "str_pipelines.tracking"] == ["WARNING"]
    (file,) = (toy / "mlflow_offline").glob("*.jsonl")
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert lines[0]["do"] == "open"
    assert any(line["do"] == "metrics" and line["values"].get("accuracy/all") == 0.5 for line in lines)
    assert lines[-1]["status"] == "FINISHED"


def test_tracking_can_be_switched_off(
    toy: Path, run: Run, monkeypatch: pytest.MonkeyPatch, last: Callable[[], Any]
) -> None:
    run("use")
    before = last().info.run_id
    monkeypatch.setenv("STR_TRACKING", "false")
    run("use")
    assert last().info.run_id == before


def test_a_misspelt_setting_is_refused(toy: Path, run: Run) -> None:
    (toy / "conf/local/mlflow.yml").write_text("enabeld: false\n")
    with pytest.raises(ValueError, match="enabeld"):
        run("use")
