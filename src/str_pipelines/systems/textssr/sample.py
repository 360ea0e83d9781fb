"""From conditions to pictures: one generator an item, the glyphs' tokens once, any of diffusers' schedulers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from diffusers import DDIMScheduler, DDPMScheduler, DPMSolverMultistepScheduler, UniPCMultistepScheduler
from torch import Tensor

from str_pipelines.systems.textssr.batches import Told, masked, soft_mask
from str_pipelines.systems.textssr.config import SamplerParams
from str_pipelines.systems.textssr.guidance import Surroundings, guided, text_of, without_text
from str_pipelines.systems.textssr.known import paper
from str_pipelines.systems.textssr.model import Denoiser, LatentCoder
from str_pipelines.training.precision import resolve

NOISE = {
    "num_train_timesteps": 1000,
    "beta_schedule": "scaled_linear",
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "prediction_type": "v_prediction",
    "timestep_spacing": "trailing",  # begins at the noisiest step; "leading" starts from noise that was never trained
}
"""Stable Diffusion 2.1's schedule (section 5.4 of the spec)."""
SCHEDULERS: dict[str, tuple[Any, dict[str, Any]]] = {
    "ddpm": (DDPMScheduler, {"clip_sample": False}),
    "ddim": (DDIMScheduler, {"clip_sample": False, "set_alpha_to_one": False}),
    "dpm": (DPMSolverMultistepScheduler, {}),
    "unipc": (UniPCMultistepScheduler, {}),
}


def alpha_bars() -> Tensor:
    """(1000,) ᾱ of every step of the training."""
    bars: Tensor = DDPMScheduler(**NOISE, clip_sample=False).alphas_cumprod
    return bars


def scheduler(name: str, steps: int) -> Any:
    """A fresh scheduler with its time steps set."""
    kind, options = SCHEDULERS[name]
    made = kind(**NOISE, **options)
    made.set_timesteps(steps)
    return made


@torch.inference_mode()
def sample(
    coder: LatentCoder, denoiser: Denoiser, pictures: Tensor, told: Told, seeds: Sequence[int], params: SamplerParams
) -> Tensor:
    """Paint the words.

    Args:
        pictures: (B, 3, H, W) in -1…1; what lies in the hole is not looked at.
        seeds: one a word: what a word becomes does not depend on those beside it, but for the last bits of a float.

    Returns:
        (B, 3, H, W) in -1…1.
    """
    bf16 = resolve(params.precision, pictures.device) == "bf16"
    with torch.autocast(pictures.device.type, torch.bfloat16, enabled=bf16):
        return _sample(coder, denoiser, pictures, told, seeds, params).float()


def _sample(
    coder: LatentCoder, denoiser: Denoiser, pictures: Tensor, told: Told, seeds: Sequence[int], params: SamplerParams
) -> Tensor:
    generators = [torch.Generator().manual_seed(seed % (1 << 63)) for seed in seeds]
    known = torch.cat([masked(pictures, told), told.glyph])
    context, glyph = coder.encode(known).float().chunk(2)
    mask = soft_mask(told, pictures.shape[-1] // context.shape[-1])
    said = text_of(denoiser, told, glyph)
    unsaid = None
    if params.guidance != 1:
        height, width = pictures.shape[-2:]
        unsaid = without_text(denoiser, told, paper(coder, height, width, pictures.device))
    steps = scheduler(params.scheduler, params.steps)
    noise = torch.stack([torch.randn(context.shape[1:], generator=each) for each in generators])
    latents = noise.to(context) * steps.init_noise_sigma
    for step in steps.timesteps:
        times = latents.new_full((len(latents),), int(step))
        found = guided(denoiser, Surroundings(latents, context, mask), times, said, unsaid, params.guidance)
        latents = _stepped(steps, found.float(), step, latents, generators, params)
    return coder.decode(latents)


def _stepped(
    steps: Any, found: Tensor, step: Tensor, latents: Tensor, generators: list[torch.Generator], params: SamplerParams
) -> Tensor:
    random = {"generator": generators} if params.scheduler == "ddpm" else {}
    moved: Tensor = steps.step(found, step, latents, return_dict=False, **random)[0]
    return moved
