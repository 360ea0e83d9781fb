"""TextSSR's networks as a checkpoint folder, and back: a VAE alone, or a whole painter."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.systems.textssr.config import NetworkParams
from str_pipelines.systems.textssr.model import Denoiser, LatentCoder
from str_pipelines.training.state import to_float16

NAME, VAE, DENOISER = "textssr", "vae", "denoiser"


def write_networks(folder: Path, states: Mapping[str, Mapping[str, Tensor]], options: Mapping[str, Any]) -> None:
    """`config.json` and `model.safetensors`, in 16 bits, into a folder that is there; `states` by VAE and DENOISER."""
    kind = "painter" if DENOISER in states else "vae"
    config = {"kind": kind, "name": NAME, "options": dict(options)}
    (folder / "config.json").write_text(json.dumps(config, indent=1, ensure_ascii=False), encoding="utf-8")
    flat = {f"{name}.{key}": value for name, state in states.items() for key, value in state.items()}
    save_file(to_float16(flat), folder / "model.safetensors")


def network_of(checkpoint: Checkpoint) -> NetworkParams:
    """The sizes of a checkpoint's networks.

    Raises:
        ValueError: it is none of TextSSR's.
    """
    config = checkpoint.config()
    if config.get("name") != NAME:
        raise ValueError(f"{checkpoint.path}: a checkpoint of {NAME} is wanted, this is {config.get('name')!r}")
    return NetworkParams(**config["options"]["network"])


def load_coder(checkpoint: Checkpoint) -> LatentCoder:
    """The VAE of a checkpoint, in 32 bits, not to be trained.

    Raises:
        FileNotFoundError, ValueError: its weights are not there, or are for other networks.
    """
    coder = LatentCoder(network_of(checkpoint).vae)
    _fill(coder, checkpoint, VAE)
    return coder.requires_grad_(False).eval()


def load_denoiser(checkpoint: Checkpoint) -> Denoiser:
    """The UNet and glyph encoder of a painter, in 32 bits.

    Raises:
        FileNotFoundError, ValueError: as `load_coder`; also where it is a VAE alone.
    """
    denoiser = Denoiser(network_of(checkpoint))
    _fill(denoiser, checkpoint, DENOISER)
    return denoiser.eval()


def has_denoiser(checkpoint: Checkpoint) -> bool:
    """Whether it is a whole painter."""
    return bool(checkpoint.config().get("kind") == "painter")


def _fill(network: nn.Module, checkpoint: Checkpoint, name: str) -> None:
    path = checkpoint.path / "model.safetensors"
    if not path.is_file():
        raise FileNotFoundError(f"{path}: the weights are not there; copy the folder again, or train it again")
    try:
        state = load_file(path)
    except Exception as error:
        raise ValueError(f"{path}: not a file of weights ({error}); copy it again, or train it again") from error
    own = {key.partition(".")[2]: value for key, value in state.items() if key.startswith(f"{name}.")}
    state = {key: value.float() if value.dtype == torch.float16 else value for key, value in own.items()}
    missing, unexpected = network.load_state_dict(state, strict=False)
    if missing or unexpected:
        raise ValueError(f"{path}: {name} is for another network: missing {missing[:5]}, unexpected {unexpected[:5]}")
