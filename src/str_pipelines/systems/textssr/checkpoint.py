"""TextSSR's networks as a checkpoint folder, and back: a VAE alone, or a whole painter."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors.torch import save_file
from torch import Tensor

from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.systems.textssr.config import DenoiserLossParams, NetworkParams, SamplerParams
from str_pipelines.systems.textssr.model import Denoiser, LatentCoder
from str_pipelines.training.state import load_weights, to_float16

NAME, VAE, DENOISER, WEIGHTS = "textssr", "vae", "denoiser", "model.safetensors"


def write_networks(folder: Path, states: Mapping[str, Mapping[str, Tensor]], options: Mapping[str, Any]) -> None:
    """`config.json` and `model.safetensors`, in 16 bits, into a folder that is there; `states` by VAE and DENOISER."""
    kind = "painter" if DENOISER in states else "vae"
    config = {"kind": kind, "name": NAME, "options": dict(options)}
    (folder / "config.json").write_text(json.dumps(config, indent=1, ensure_ascii=False), encoding="utf-8")
    flat = {f"{name}.{key}": value for name, state in states.items() for key, value in state.items()}
    save_file(to_float16(flat), folder / WEIGHTS)


def network_of(checkpoint: Checkpoint) -> NetworkParams:
    """The sizes of a checkpoint's networks.

    Raises:
        ValueError: it is none of TextSSR's.
    """
    config = checkpoint.config()
    if config.get("name") != NAME:
        raise ValueError(f"{checkpoint.path}: a checkpoint of {NAME} is wanted, this is {config.get('name')!r}")
    return NetworkParams(**config["options"]["network"])


def sampler_of(checkpoint: Checkpoint) -> SamplerParams:
    """How a painter paints; the defaults where it is a VAE alone.

    Raises:
        ValueError: it has options that are none.
    """
    return SamplerParams(**checkpoint.config()["options"].get("sampler", {}))


def sampler_after(start: Checkpoint, loss: DenoiserLossParams) -> SamplerParams:
    """How a painter paints that has begun with `start`: as that one does, but for the guidance that it has learned, or
    that it cannot give since it never paints without its text."""
    sampler = sampler_of(start)
    unguided = loss.guidance != 1 or not loss.dropout
    return sampler.model_copy(update={"guidance": 1.0}) if unguided else sampler


def load_coder(checkpoint: Checkpoint) -> LatentCoder:
    """The VAE of a checkpoint, in 32 bits, not to be trained.

    Raises:
        FileNotFoundError, ValueError: its weights are not there, or are for other networks.
    """
    coder = LatentCoder(network_of(checkpoint).vae)
    load_weights(coder, checkpoint.path / WEIGHTS, VAE)
    return coder.requires_grad_(False).eval()


def load_denoiser(checkpoint: Checkpoint) -> Denoiser:
    """The UNet and glyph encoder of a painter, in 32 bits.

    Raises:
        FileNotFoundError, ValueError: as `load_coder`; also where it is a VAE alone.
    """
    denoiser = Denoiser(network_of(checkpoint))
    load_weights(denoiser, checkpoint.path / WEIGHTS, DENOISER)
    return denoiser.eval()


def has_denoiser(checkpoint: Checkpoint) -> bool:
    """Whether it is a whole painter."""
    return bool(checkpoint.config().get("kind") == "painter")
