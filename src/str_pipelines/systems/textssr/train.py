"""TextSSR's stages as steps of a pipeline: each goes on where it stopped, and ends in a checkpoint with a card."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from str_pipelines.execution import Execution
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.digests import work_key
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.systems.textssr.config import (
    DenoiserConfig,
    DenoiserStageParams,
    StageConfig,
    VaeConfig,
    VaeStageParams,
)
from str_pipelines.training.checkpoints import trained
from str_pipelines.training.config import Hardware, TrainParams
from str_pipelines.training.worker import Job

logger = logging.getLogger(__name__)
VERSION = 2
PACKAGE = "systems.textssr"


def train_vae(
    scenes: Sequence[SceneLmdb], params: VaeStageParams, hardware: Hardware, execution: Execution, step: str
) -> Checkpoint:
    """The VAE: pictures of words there and back.

    Raises:
        ValueError, FileNotFoundError: a set cannot be used, or holds no word; before anything starts.
        FloatingPointError, Interrupted: as `training.loop.train`.
    """
    from str_pipelines.systems.textssr.checkpoint import VAE, network_of

    start = Checkpoint.at(params.start) if params.start else None
    begun = {"network": network_of(start), "start": start.path.resolve()} if start else {"start": None}
    config = VaeConfig(scenes=_paths(scenes), **{**_blocks(params, VaeConfig), **begun})
    digests = [*_digests(scenes, params.sets.more), *([start.digest] if start else [])]
    key = work_key(step, VERSION, params, *digests)

    def write(folder: Path, states: Mapping[str, Any]) -> None:
        from str_pipelines.systems.textssr.checkpoint import write_networks

        network = config.network.model_dump(mode="json")
        write_networks(folder, {VAE: _scaled(states[VAE], config)}, {"network": network})

    job = _job("vae_stage", config, params.train, hardware)
    return trained(step, key, job, execution, write, _prose(step, config, params.train))


def train_denoiser(
    scenes: Sequence[SceneLmdb],
    start: Checkpoint,
    params: DenoiserStageParams,
    hardware: Hardware,
    execution: Execution,
    step: str,
) -> Checkpoint:
    """The painter, on the latents of the VAE in `start`; where that is a painter already, it goes on learning.

    Raises:
        ValueError, FileNotFoundError, FloatingPointError, Interrupted: as `train_vae`; `start` is another system's.
    """
    from str_pipelines.systems.textssr.checkpoint import network_of, sampler_after

    network, sampler = network_of(start), sampler_after(start, params.loss)
    blocks = {**_blocks(params, DenoiserConfig), "network": network}
    config = DenoiserConfig(scenes=_paths(scenes), start=start.path.resolve(), **blocks)
    key = work_key(step, VERSION, params, start.digest, *_digests(scenes, params.sets.more))

    def write(folder: Path, states: Mapping[str, Any]) -> None:
        from str_pipelines.systems.textssr.checkpoint import DENOISER, VAE, write_networks

        crop = params.crop.model_dump(mode="json", include={"margin"})
        options = {"network": network.model_dump(mode="json"), "crop": crop, "sampler": sampler.model_dump()}
        write_networks(folder, {VAE: states[VAE], DENOISER: states[DENOISER]}, options)

    job = _job("denoiser_stage", config, params.train, hardware)
    return trained(step, key, job, execution, write, _prose(step, config, params.train))


def _scaled(state: Mapping[str, Any], config: VaeConfig) -> dict[str, Any]:
    """The VAE's weights with the scale of its latents, measured on what it was trained on."""
    import torch

    from str_pipelines.systems.textssr.model import LatentCoder
    from str_pipelines.systems.textssr.vae_stage import VaeStage, measured_scale

    coder = LatentCoder(config.network.vae)
    coder.load_state_dict(state)
    return {**state, "scale": torch.tensor(measured_scale(coder.eval(), VaeStage(config).regions))}


def _job(stage: str, config: StageConfig, train: TrainParams, hardware: Hardware) -> Job:
    said = config.model_dump(mode="json")
    return Job(stage=f"{PACKAGE}.{stage}", config=said, train=train, hardware=hardware, folder=Path())


def _prose(step: str, config: StageConfig, train: TrainParams) -> str:
    sets = [SceneLmdb.at(path) for path in (*config.scenes, *map(Path, config.sets.more))]
    taught = [f"- `{each.path.name}`: {len(each):,} photographs, digest `{each.digest}`" for each in sets]
    network = config.network
    return "\n".join([
        f"# TextSSR: what `{step}` learned",
        "",
        f"Squares of {network.resolution} pixels, latents of factor {network.vae.factor} with {network.vae.out} "
        f"channels. Trained {train.steps:,} steps of {train.batch_size} words, seed {train.seed}. Taught:",
        "",
        *taught,
    ])  # fmt: skip


def _blocks(params: VaeStageParams | DenoiserStageParams, config: type[StageConfig]) -> dict[str, Any]:
    """The parameters that the stage itself takes."""
    return {name: getattr(params, name) for name in type(params).model_fields if name in config.model_fields}


def _paths(scenes: Sequence[SceneLmdb]) -> tuple[Path, ...]:
    return tuple(each.path.resolve() for each in scenes)


def _digests(scenes: Sequence[SceneLmdb], more: Iterable[str]) -> list[str]:
    return [each.digest for each in (*scenes, *(SceneLmdb.at(path) for path in more))]
