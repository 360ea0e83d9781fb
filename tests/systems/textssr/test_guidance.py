"""Guidance is a way from the answer without text to the one with it, and a painter can learn where it ends."""

from __future__ import annotations

import pytest
import torch

from str_pipelines.execution import Execution
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.systems.textssr.batches import Told
from str_pipelines.systems.textssr.checkpoint import load_coder, load_denoiser, sampler_after, sampler_of
from str_pipelines.systems.textssr.config import DenoiserLossParams, DenoiserStageParams
from str_pipelines.systems.textssr.guidance import Surroundings, guided, text_of, without_text
from str_pipelines.systems.textssr.known import paper
from str_pipelines.systems.textssr.model import Denoiser
from str_pipelines.systems.textssr.train import train_denoiser
from str_pipelines.training.checkpoints import card

from .conftest import CROP, HARDWARE, TRAIN, VALIDATION

SIDE, CELL, WORDS, CPU = 32, 16, 3, torch.device("cpu")


def answer(denoiser: Denoiser, start: Checkpoint, guidance: float | None) -> torch.Tensor:
    """v of words drawn by chance; None: without a look at what it is without the text."""
    coder, chance = load_coder(start), torch.Generator().manual_seed(0)
    keep = torch.ones(WORDS, 1, SIDE, SIDE)
    keep[..., 8:24, 4:28] = 0
    glyph, cells = torch.ones(WORDS, 3, SIDE, SIDE), torch.ones(WORDS, 25, CELL, CELL)
    glyph[..., 10:22, 6:26:4], cells[:, :7, 4:12, 6:10] = -1, 0
    told = Told(keep, glyph, cells, torch.tensor([1, 4, 7]))
    with torch.no_grad():
        context, glyphs = coder.encode(glyph * keep), coder.encode(glyph)
        noisy = torch.randn(context.shape, generator=chance)
        place = Surroundings(noisy, context, keep[..., ::8, ::8])
        said, unsaid = text_of(denoiser, told, glyphs), without_text(denoiser, told, paper(coder, SIDE, SIDE, CPU))
        steps = torch.tensor([100, 500, 900])
        return guided(denoiser, place, steps, said, None if guidance is None else unsaid, guidance or 0.0)


def test_guidance_goes_on_from_without_through_with(trained: tuple[Checkpoint, Checkpoint]) -> None:
    denoiser = load_denoiser(trained[1])
    without, with_text, beyond = (answer(denoiser, trained[1], guidance) for guidance in (0.0, 1.0, 3.0))
    torch.testing.assert_close(answer(denoiser, trained[1], None), with_text, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(beyond, without + 3 * (with_text - without), atol=1e-4, rtol=1e-4)
    assert (with_text - without).abs().mean() > 1e-5


def test_a_painter_learns_the_guidance_of_another(
    rendered: SceneLmdb, trained: tuple[Checkpoint, Checkpoint], here: Execution
) -> None:
    before, after = (
        train_denoiser([rendered], trained[1], said, HARDWARE, here, "step2")
        for said in (params(1, 1e-12), params(40, 0.002))
    )
    assert apart(after) < 0.7 * apart(before)
    assert sampler_of(trained[1]).guidance != 1 and sampler_of(after).guidance == 1  # it is in the weights
    with pytest.raises(ValueError, match="has learned it already"):
        train_denoiser([rendered], after, params(1, 0.001), HARDWARE, here, "step2")
    on = params(1, 1e-12).model_copy(update={"loss": DenoiserLossParams()})
    assert sampler_of(train_denoiser([rendered], after, on, HARDWARE, here, "step2")).guidance == 1


def test_who_never_paints_without_a_text_is_not_guided(trained: tuple[Checkpoint, Checkpoint]) -> None:
    assert sampler_after(trained[0], DenoiserLossParams()).guidance != 1
    assert sampler_after(trained[0], DenoiserLossParams(dropout=0)).guidance == 1


def params(steps: int, lr: float) -> DenoiserStageParams:
    learning = {"steps": steps, "batch_size": 8, "validate_every": steps, "optimizer": {"lr": lr, "warmup": 0}}
    said = {"train": TRAIN | learning, "validation": VALIDATION, "crop": CROP, "loss": {"guidance": 10}}
    return DenoiserStageParams.model_validate(said)


def apart(pupil: Checkpoint) -> float:
    """How far a pupil is from its teacher in words that neither has learned from."""
    figures = card(pupil).metrics["step2"]
    return sum(figures[f"validation_loss_quarter_{each}"] for each in (1, 2, 3, 4))


def test_guidance_is_learned_from_a_painter(
    rendered: SceneLmdb, trained: tuple[Checkpoint, Checkpoint], here: Execution
) -> None:
    said = {"train": TRAIN, "validation": VALIDATION, "crop": CROP, "loss": {"guidance": 3}}
    with pytest.raises(ValueError, match="learned from a painter, and .* is a VAE"):
        train_denoiser([rendered], trained[0], DenoiserStageParams.model_validate(said), HARDWARE, here, "step1")
