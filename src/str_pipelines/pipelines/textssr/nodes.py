"""The steps of `textssr`; the networks and stages are in systems/textssr, the loop is in training/."""

from __future__ import annotations

from str_pipelines.execution import Execution
from str_pipelines.records import Report
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.synthesis.config import WindowParams
from str_pipelines.systems.textssr.config import DenoiserStageParams, VaeStageParams
from str_pipelines.training.config import Hardware


def cut_windows(scenes: SceneLmdb, params: WindowParams, execution: Execution) -> SceneLmdb:
    """The surroundings of every word, so that a photograph is not decoded once for each of its words."""
    from str_pipelines.synthesis.windows import cut_windows as cut

    return cut(scenes, params, execution, "textssr.cut_windows")


def train_vae(
    rendered: SceneLmdb, real: SceneLmdb, params: VaeStageParams, hardware: Hardware, execution: Execution
) -> Checkpoint:
    """Pictures of words there and back, drawn and real ones."""
    from str_pipelines.systems.textssr import train

    return train.train_vae([rendered, real], params, hardware, execution, "textssr.vae")


def train_step1(
    rendered: SceneLmdb, vae: Checkpoint, params: DenoiserStageParams, hardware: Hardware, execution: Execution
) -> Checkpoint:
    """The painter on drawn words, which are many."""
    from str_pipelines.systems.textssr import train

    return train.train_denoiser([rendered], vae, params, hardware, execution, "textssr.step1")


def train_step2(
    real: SceneLmdb,
    rendered: SceneLmdb,
    step1: Checkpoint,
    params: DenoiserStageParams,
    hardware: Hardware,
    execution: Execution,
) -> Checkpoint:
    """The painter of step 1 on real words, and on some drawn ones so that it forgets no letter."""
    from str_pipelines.systems.textssr import train

    return train.train_denoiser([real, rendered], step1, params, hardware, execution, "textssr.step2")


def describe(checkpoint: Checkpoint) -> Report:
    """The card of a stage."""
    from str_pipelines.training.checkpoints import card

    return card(checkpoint)
