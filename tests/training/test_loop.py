"""The loop: it learns, goes on bit for bit, refuses what is not finite, and two processes equal one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import torch

from str_pipelines.training.config import Hardware, TrainParams
from str_pipelines.training.loop import BEST, LAST, train
from str_pipelines.training.signals import Interrupted
from str_pipelines.training.state import load_state
from tests.training.toy_stage import ToyStage

HERE = Hardware(device="cpu", precision="fp32", threads=1, log_every=1)
PARAMS = TrainParams(steps=40, batch_size=16, ema=0.9, validate_every=10)

SLOW_WORKER = """
import sys, time
import tests.training.toy_stage as toy
toy.ToyStage.after_step = lambda *_: time.sleep(0.05)
sys.modules["str_pipelines.toy"] = toy
from str_pipelines.training.worker import main
main()
"""


@dataclass
class Kept:
    """A record in memory."""

    lines: list[tuple[int, dict[str, float]]] = field(default_factory=list)
    sheets: list[tuple[int, bytes]] = field(default_factory=list)

    def figures(self, values: Mapping[str, float], step: int) -> None:
        self.lines.append((step, dict(values)))

    def sheet(self, png: bytes, step: int) -> None:
        self.sheets.append((step, png))

    def of(self, name: str) -> list[float]:
        return [values[name] for _, values in self.lines if name in values]


class Stopping(ToyStage):
    """Is told to stop, as by `kill`, in the middle of a step."""

    stop_at = 17

    def after_step(self, networks: Any, step: int) -> None:
        super().after_step(networks, step)
        if step == self.stop_at - 1:
            os.kill(os.getpid(), signal.SIGTERM)


def states(folder: Path) -> dict[str, Any]:
    found = load_state(folder)
    assert found
    return found[0]


def test_it_learns_and_keeps_the_best(tmp_path: Path) -> None:
    record = Kept()
    best = train(ToyStage(dropout=0), TrainParams(steps=200, batch_size=16, validate_every=50), HERE, tmp_path, record)
    errors = record.of("error/all")
    assert len(errors) == 4
    assert errors[-1] < 0.2 * errors[0]
    assert [step for step, _ in record.sheets] == [50, 100, 150, 200]
    found = load_state(best)
    assert found
    assert found[1]["best"] == pytest.approx(-min(errors))
    assert (best / "sheet.png").read_bytes() == b"sheet"


@pytest.mark.parametrize("teacher", [False, True])
def test_stopped_and_gone_on_equals_never_stopped(tmp_path: Path, teacher: bool) -> None:
    whole, parts = Kept(), Kept()
    train(ToyStage(teacher=teacher), PARAMS, HERE, tmp_path / "whole", whole)
    with pytest.raises(Interrupted, match="step 17 of 40"):
        train(Stopping(teacher=teacher), PARAMS, HERE, tmp_path / "parts", parts)
    train(ToyStage(teacher=teacher), PARAMS, HERE, tmp_path / "parts", parts)
    for folder in (LAST, BEST):
        assert equal(states(tmp_path / "whole" / folder), states(tmp_path / "parts" / folder))
    assert whole.lines == parts.lines


def test_after_a_kill_it_goes_on_from_what_was_saved(tmp_path: Path) -> None:
    """SIGKILL leaves no time to save: steps since the last saving are done again, and come out the same."""
    train(ToyStage(), PARAMS, HERE, tmp_path / "whole", Kept())
    job = {"stage": "toy", "config": {}, "train": PARAMS.model_dump(), "folder": str(tmp_path / "killed")}
    hardware = {**HERE.model_dump(), "save_seconds": 0}
    (tmp_path / "job.json").write_text(json.dumps({**job, "hardware": hardware}))
    process = subprocess.Popen([sys.executable, "-c", SLOW_WORKER, str(tmp_path / "job.json")])
    deadline = time.monotonic() + 60
    while not (tmp_path / "killed" / LAST / "state.json").is_file() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.kill()
    process.wait()
    train(ToyStage(), PARAMS, HERE, tmp_path / "killed", Kept())
    assert equal(states(tmp_path / "whole" / LAST), states(tmp_path / "killed" / LAST))


def test_what_is_not_finite_moves_nothing(tmp_path: Path) -> None:
    hardware = HERE.model_copy(update={"save_seconds": 0.0})
    with pytest.raises(FloatingPointError, match=r"step 7: loss/student is nan.*nothing was moved.*1/\d+"):
        train(ToyStage(broken_at=7), PARAMS, hardware, tmp_path, Kept())
    said = json.loads((tmp_path / "broken_batch.json").read_text())
    assert (said["step"], len(said["keys"])) == (7, 16)
    found = load_state(tmp_path / LAST)
    assert found
    assert found[1]["step"] == 7
    assert all(bool(torch.isfinite(value).all()) for value in found[0]["network/student"].values())


def test_accumulated_parts_are_one_batch(tmp_path: Path) -> None:
    stage = ToyStage(dropout=0)
    train(stage, PARAMS.model_copy(update={"ema": 0.0}), HERE, tmp_path / "one", Kept())
    params = PARAMS.model_copy(update={"ema": 0.0, "accumulate": 4})
    train(stage, params, HERE, tmp_path / "four", Kept())
    one, four = (states(tmp_path / name / LAST)["network/student"] for name in ("one", "four"))
    assert all(torch.allclose(one[name], four[name], atol=0.05) for name in one)


def test_a_device_that_is_not_there_is_named(tmp_path: Path) -> None:
    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    with pytest.raises(RuntimeError, match="there is none here"):
        train(ToyStage(), PARAMS, Hardware(device="cuda"), tmp_path, Kept())


def equal(first: Any, second: Any) -> bool:
    if isinstance(first, torch.Tensor):
        return torch.equal(first, second)
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(equal(first[key], second[key]) for key in first)
    if isinstance(first, list):
        return len(first) == len(second) and all(map(equal, first, second))
    return bool(first == second)
