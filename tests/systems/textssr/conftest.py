"""Thirty pieces of scenes with words, and networks so small that they train in a second."""

from __future__ import annotations

from pathlib import Path

import pytest

from str_pipelines.execution import Execution
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.synthesis.config import RenderedScenesParams
from str_pipelines.synthesis.rendered_scenes import render_scenes
from str_pipelines.systems.textssr.config import (
    DenoiserStageParams,
    GlyphParams,
    NetworkParams,
    UnetParams,
    VaeParams,
    VaeStageParams,
)
from str_pipelines.systems.textssr.train import train_denoiser, train_vae
from str_pipelines.training.config import Hardware
from str_pipelines.zoo import load_painter

TINY = NetworkParams(
    resolution=64,
    vae=VaeParams(channels=(8, 16), groups=4),
    unet=UnetParams(channels=(32, 32), heads=(1, 1), groups=8),
    glyph=GlyphParams(cell=16, width=32, depth=1, heads=2),
)
HARDWARE = Hardware(device="cpu", precision="fp32", threads=1)
TRAIN = {"steps": 3, "batch_size": 4, "validate_every": 3, "ema": 0.9}
VALIDATION = {"share": 0.3, "count": 4, "steps": 2}
CROP = {"margin": 1.0, "margins": (1.0, 1.2)}


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> SceneLmdb:
    folder = tmp_path_factory.mktemp("rendered")
    params = RenderedScenesParams.model_validate({"count": 30})
    return render_scenes(load_painter(Checkpoint.at("render")), params, Execution(workers=1, work=folder))


@pytest.fixture(scope="session")
def trained(rendered: SceneLmdb, tmp_path_factory: pytest.TempPathFactory) -> tuple[Checkpoint, Checkpoint]:
    """A VAE and a painter after three steps each."""
    here = Execution(workers=1, work=tmp_path_factory.mktemp("trained"))
    vae = VaeStageParams.model_validate({"network": TINY, "train": TRAIN, "validation": VALIDATION, "crop": CROP})
    coder = train_vae([rendered], vae, HARDWARE, here, "vae")
    step = DenoiserStageParams.model_validate({"train": TRAIN, "validation": VALIDATION, "crop": CROP})
    return coder, train_denoiser([rendered], coder, step, HARDWARE, here, "step1")


@pytest.fixture
def here(tmp_path: Path) -> Execution:
    return Execution(workers=1, work=tmp_path / "work")
