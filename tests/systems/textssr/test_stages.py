"""Stages go on bit for bit, start from what came before, and leave a checkpoint that says what it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from str_pipelines.execution import Execution
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.systems.textssr.checkpoint import load_coder, load_denoiser, network_of
from str_pipelines.systems.textssr.config import DenoiserStageParams, VaeStageParams
from str_pipelines.systems.textssr.losses import noised, region_weights, velocity
from str_pipelines.systems.textssr.sample import alpha_bars, scheduler
from str_pipelines.systems.textssr.train import train_denoiser, train_vae
from str_pipelines.training.checkpoints import card
from str_pipelines.training.signals import Interrupted

from .conftest import CROP, HARDWARE, TRAIN, VALIDATION


def step_params(**train: object) -> DenoiserStageParams:
    return DenoiserStageParams.model_validate({"train": TRAIN | train, "validation": VALIDATION, "crop": CROP})


def test_a_vae_says_the_scale_of_its_latents(trained: tuple[Checkpoint, Checkpoint]) -> None:
    coder = load_coder(trained[0])
    assert trained[0].config()["kind"] == "vae" and float(coder.scale) not in (0.0, 1.0)
    with pytest.raises(ValueError, match="is for another network: missing"):
        load_denoiser(trained[0])


def test_a_vae_goes_on_from_another_one(
    rendered: SceneLmdb, trained: tuple[Checkpoint, Checkpoint], here: Execution
) -> None:
    still = TRAIN | {"steps": 1, "validate_every": 1, "ema": 0, "optimizer": {"lr": 1e-12, "warmup": 0}}
    said = {"start": str(trained[0].path), "train": still, "validation": VALIDATION, "crop": CROP}
    again = train_vae([rendered], VaeStageParams.model_validate(said), HARDWARE, here, "vae")
    first, after = (load_coder(each).vae.state_dict() for each in (trained[0], again))
    assert all(torch.allclose(first[name], after[name], atol=1e-3) for name in first)
    assert network_of(again) == network_of(trained[0])


def test_a_painter_keeps_the_vae_that_it_was_trained_on(trained: tuple[Checkpoint, Checkpoint]) -> None:
    before, after = load_coder(trained[0]).state_dict(), load_coder(trained[1]).state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)
    report = card(trained[1])
    assert set(report.metrics) == {"step1"} and "word_accuracy_painted" in report.metrics["step1"]
    assert {f"validation_loss_quarter_{k}" for k in (1, 2, 3, 4)} < set(report.metrics["step1"]) and report.sheets


def test_step_two_goes_on_from_step_one(
    rendered: SceneLmdb, trained: tuple[Checkpoint, Checkpoint], here: Execution
) -> None:
    frozen = step_params(steps=1, validate_every=1, ema=0, optimizer={"lr": 1e-12, "warmup": 0, "weight_decay": 0})
    second = train_denoiser([rendered], trained[1], frozen, HARDWARE, here, "step2")
    first, after = (load_denoiser(each).state_dict() for each in (trained[1], second))
    assert all(torch.allclose(first[name], after[name], atol=1e-3) for name in first)


@pytest.mark.parametrize(("squares", "guidance"), [(0, 1), (2, 1), (2, 4)])
def test_killed_and_asked_again_it_ends_with_the_same_weights(
    squares: int,
    guidance: float,
    rendered: SceneLmdb,
    trained: tuple[Checkpoint, Checkpoint],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from str_pipelines.training import loop

    said = {"train": TRAIN | {"steps": 4, "validate_every": 4}, "validation": VALIDATION}
    said |= {"crop": CROP | {"squares": squares}, "loss": {"guidance": guidance}}
    params, start = DenoiserStageParams.model_validate(said), trained[0 if guidance == 1 else 1]
    whole = train_denoiser([rendered], start, params, HARDWARE, Execution(workers=1, work=tmp_path / "a"), "step1")
    here, told = Execution(workers=1, work=tmp_path / "b"), iter([False, True])
    monkeypatch.setattr(loop, "_anyone", lambda asked, machine: next(told, False))
    with pytest.raises(Interrupted, match="stopped at step 2 of 4"):
        train_denoiser([rendered], start, params, HARDWARE, here, "step1")
    again = train_denoiser([rendered], start, params, HARDWARE, here, "step1")
    assert again.digest == whole.digest
    assert json.loads((again.path / "metrics.json").read_bytes())["step"] == 4


def test_velocity_and_noise_give_the_picture_back() -> None:
    clean, noise = torch.randn(2, 4, 2, 2), torch.randn(2, 4, 2, 2)
    bars = alpha_bars()[[10, 900]]
    noisy, moving = noised(clean, noise, bars), velocity(clean, noise, bars)
    found = bars.sqrt()[:, None, None, None] * noisy - (1 - bars).sqrt()[:, None, None, None] * moving
    assert torch.allclose(found, clean, atol=1e-5)


@pytest.mark.parametrize("name", ["ddpm", "ddim", "dpm", "unipc"])
def test_sampling_begins_at_the_noisiest_step(name: str) -> None:
    assert int(scheduler(name, 10).timesteps[0]) == 999


def test_weights_of_a_region_have_mean_one() -> None:
    hole = torch.zeros(2, 1, 4, 4)
    hole[0, :, :2] = 1
    weights = region_weights(hole, 4.0)
    assert torch.allclose(weights.mean((1, 2, 3)), torch.ones(2)) and float(
        weights[0, 0, 0, 0] / weights[0, 0, 3, 0]
    ) == pytest.approx(5)
