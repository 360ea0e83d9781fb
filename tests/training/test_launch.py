"""Two processes under torch.distributed.run equal one, and stop when they are told to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from str_pipelines.training.config import Hardware, TrainParams
from str_pipelines.training.launch import launch
from str_pipelines.training.loop import LAST
from str_pipelines.training.state import load_state
from str_pipelines.training.worker import FIGURES, Job

ROOT = Path(__file__).parents[2]


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The toy as a module below `str_pipelines`, for child processes too: by the path that the package looks along."""
    (tmp_path / "sitecustomize.py").write_text(
        f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n"
        "import tests.training.toy_stage as toy\nsys.modules['str_pipelines.toy'] = toy\n"
    )
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    import tests.training.toy_stage as toy

    monkeypatch.setitem(sys.modules, "str_pipelines.toy", toy)
    return "toy"


def job(stage: str, folder: Path, processes: int, **train: object) -> Job:
    hardware = Hardware(device="cpu", precision="fp32", threads=1, processes=processes, log_every=1)
    params = TrainParams(**{"steps": 12, "batch_size": 16, "validate_every": 6, **train})
    return Job(stage=stage, config={"dropout": 0.0}, train=params, hardware=hardware, folder=folder)


def test_two_processes_equal_one(stage: str, tmp_path: Path) -> None:
    for processes in (1, 2):
        launch(job(stage, tmp_path / str(processes), processes))
    one, two = (load_state(tmp_path / str(processes) / LAST) for processes in (1, 2))
    assert one and two
    assert one[1]["best"] == pytest.approx(two[1]["best"], rel=1e-3)
    for name, value in one[0]["network/student"].items():
        assert torch.allclose(value, two[0]["network/student"][name], atol=1e-5), name
    assert len((tmp_path / "2" / FIGURES).read_text().splitlines()) == 14  # the first process alone writes


def test_sigterm_is_answered_with_a_checkpoint(stage: str, tmp_path: Path) -> None:
    wanted = job(stage, tmp_path / "run", 1, steps=10**6, validate_every=10**6)
    (tmp_path / "job.json").write_text(wanted.model_dump_json())
    command = [sys.executable, "-m", "str_pipelines.training.worker", str(tmp_path / "job.json")]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 90
    while not (tmp_path / "run" / FIGURES).is_file() and time.monotonic() < deadline:
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    begun = time.monotonic()
    _, said = process.communicate(timeout=30)
    assert time.monotonic() - begun < 10
    assert (process.returncode, "the same command goes on" in said) == (143, True)
    found = load_state(tmp_path / "run" / LAST)
    assert found
    assert found[1]["step"] > 0


def test_a_failed_worker_fails_the_run(stage: str, tmp_path: Path) -> None:
    broken = job(stage, tmp_path / "run", 2).model_copy(update={"config": {"dropout": 0.0, "broken_at": 3}})
    with pytest.raises(RuntimeError, match="training ended with exit code"):
        launch(broken)
    assert (tmp_path / "run" / "broken_batch.json").is_file()
