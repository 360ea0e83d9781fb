"""TextSSR's stages as steps of a pipeline: each goes on where it stopped, and ends in a checkpoint with a card."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from str_pipelines.execution import Execution, step_folder
from str_pipelines.records import Report
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.digests import work_key
from str_pipelines.storage.folders import commit, part_of
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.systems.textssr.config import (
    DenoiserConfig,
    DenoiserStageParams,
    SamplerParams,
    StageConfig,
    VaeConfig,
    VaeStageParams,
)
from str_pipelines.training.config import Hardware, TrainParams
from str_pipelines.training.worker import Job

logger = logging.getLogger(__name__)
VERSION = 1
PACKAGE = "systems.textssr"


def train_vae(
    scenes: Sequence[SceneLmdb], params: VaeStageParams, hardware: Hardware, execution: Execution, step: str
) -> Checkpoint:
    """The VAE: pictures of words there and back.

    Raises:
        ValueError, FileNotFoundError: a set cannot be used, or holds no word; before anything starts.
        FloatingPointError, Interrupted: as `training.loop.train`.
    """
    from str_pipelines.systems.textssr.checkpoint import VAE

    config = VaeConfig(scenes=_paths(scenes), **_blocks(params, VaeConfig))
    key = work_key(step, VERSION, params, *_digests(scenes, params.sets.more))

    def write(folder: Path, states: Mapping[str, Any]) -> None:
        from str_pipelines.systems.textssr.checkpoint import write_networks

        network = params.network.model_dump(mode="json")
        write_networks(folder, {VAE: _scaled(states[VAE], config)}, {"network": network})

    return _trained(step, key, f"{PACKAGE}.vae_stage", config, params.train, hardware, execution, write)


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
    from str_pipelines.systems.textssr.checkpoint import network_of

    network = network_of(start)
    blocks = {**_blocks(params, DenoiserConfig), "network": network}
    config = DenoiserConfig(scenes=_paths(scenes), start=start.path.resolve(), **blocks)
    key = work_key(step, VERSION, params, start.digest, *_digests(scenes, params.sets.more))

    def write(folder: Path, states: Mapping[str, Any]) -> None:
        from str_pipelines.systems.textssr.checkpoint import DENOISER, VAE, write_networks

        crop = params.crop.model_dump(mode="json", include={"margin"})
        options = {"network": network.model_dump(mode="json"), "crop": crop, "sampler": SamplerParams().model_dump()}
        write_networks(folder, {VAE: states[VAE], DENOISER: states[DENOISER]}, options)

    return _trained(step, key, f"{PACKAGE}.denoiser_stage", config, params.train, hardware, execution, write)


def card(checkpoint: Checkpoint) -> Report:
    """The card of a stage as a report: figures of its best validation, its sheet."""
    said = json.loads((checkpoint.path / "metrics.json").read_bytes())
    sheet = (checkpoint.path / "sheet.png").read_bytes()
    text = (checkpoint.path / "README.md").read_text(encoding="utf-8")
    stage = said["stage"].rpartition(".")[2]  # all three may be in one run
    metrics = {stage: {name.replace("/", "_"): value for name, value in said["figures"].items()}}
    return Report(metrics, text, sheets={f"{stage}_validation": sheet} if sheet else {})


def _trained(
    step: str,
    key: str,
    stage: str,
    config: StageConfig,
    train: TrainParams,
    hardware: Hardware,
    execution: Execution,
    write: Any,
) -> Checkpoint:
    from str_pipelines.training.launch import launch

    with step_folder(execution, step, key) as folder:
        made = folder / "checkpoint"
        if (made / "config.json").is_file():
            logger.info("%s: found done in %s", step, made)
        else:
            said = config.model_dump(mode="json")
            label = step.rpartition(".")[2]
            job = Job(stage=stage, config=said, train=train, hardware=hardware, folder=folder / "run", label=label)
            _write(made, launch(job), step, config, train, write)
        return Checkpoint.at(made)


def _write(target: Path, best: Path, step: str, config: StageConfig, train: TrainParams, write: Any) -> None:
    from str_pipelines.training.loop import SHEET
    from str_pipelines.training.state import load_state

    saved = load_state(best)
    if saved is None:
        raise FileNotFoundError(f"{best}: training ended without a validation; remove {best.parent} and run it again")
    states, facts = saved
    part = part_of(target)
    write(part, states)
    (part / "metrics.json").write_text(json.dumps({"stage": step} | facts, indent=1), encoding="utf-8")
    (part / "sheet.png").write_bytes((best / SHEET).read_bytes())
    (part / "README.md").write_text(_prose(step, config, train, facts), encoding="utf-8")
    commit(part, target)


def _scaled(state: Mapping[str, Any], config: VaeConfig) -> dict[str, Any]:
    """The VAE's weights with the scale of its latents, measured on what it was trained on."""
    import torch

    from str_pipelines.systems.textssr.model import LatentCoder
    from str_pipelines.systems.textssr.vae_stage import VaeStage, measured_scale

    coder = LatentCoder(config.network.vae)
    coder.load_state_dict(state)
    return {**state, "scale": torch.tensor(measured_scale(coder.eval(), VaeStage(config).regions))}


def _prose(step: str, config: StageConfig, train: TrainParams, facts: Mapping[str, Any]) -> str:
    sets = [SceneLmdb.at(path) for path in (*config.scenes, *map(Path, config.sets.more))]
    taught = [f"- `{each.path.name}`: {len(each):,} photographs, digest `{each.digest}`" for each in sets]
    figures = [f"| {name} | {value:.4f} |" for name, value in facts["figures"].items()]
    network = config.network
    return "\n".join([
        f"# TextSSR: what `{step}` learned",
        "",
        f"Squares of {network.resolution} pixels, latents of factor {network.vae.factor} with {network.vae.out} "
        f"channels. Trained {train.steps:,} steps of {train.batch_size} words, seed {train.seed}; the best of its "
        f"validations is that of step {facts['step']:,}.",
        "",
        *["Taught:", "", *taught, ""],
        *["On photographs that it has not seen in training:", "", "| figure | |", "|---|---|", *figures, ""],
    ])  # fmt: skip


def _blocks(params: VaeStageParams | DenoiserStageParams, config: type[StageConfig]) -> dict[str, Any]:
    """The parameters that the stage itself takes."""
    return {name: getattr(params, name) for name in type(params).model_fields if name in config.model_fields}


def _paths(scenes: Sequence[SceneLmdb]) -> tuple[Path, ...]:
    return tuple(each.path.resolve() for each in scenes)


def _digests(scenes: Sequence[SceneLmdb], more: Iterable[str]) -> list[str]:
    return [each.digest for each in (*scenes, *(SceneLmdb.at(path) for path in more))]
