"""A few words in a font, and networks so small that they train in a second."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from str_pipelines.execution import Execution
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.words import WordLmdb
from str_pipelines.synthesis.config import RenderedWordsParams
from str_pipelines.synthesis.rendered_words import render_words
from str_pipelines.systems.ccd.config import FinetuneParams, PretrainParams
from str_pipelines.systems.ccd.train import finetune, pretrain
from str_pipelines.training.config import Hardware
from str_pipelines.zoo import load_painter

HARDWARE = Hardware(device="cpu", precision="fp32", threads=1, log_every=1)
NETWORK = {
    "encoder": {"width": 32, "depth": 3, "heads": 2, "inner": [1, 2, 3]},
    "segmentation": 8,
    "head": {"hidden": 16, "bottleneck": 8, "prototypes": 32},
}
TRAIN = {"steps": 4, "batch_size": 4, "validate_every": 4, "clip": 0, "optimizer": {"weight_decay": 0.04, "warmup": 1}}
DECODER = {"width": 16, "layers": 1, "heads": 2, "inner": 16}


def pretrain_params(**changes: Any) -> PretrainParams:
    """`train` is merged, all else replaces."""
    train = {**TRAIN, **changes.pop("train", {})}
    held = {"share": 0.2, "count": 8}
    return PretrainParams.model_validate({"network": NETWORK, "validation": held, "train": train, **changes})


def finetune_params(**changes: Any) -> FinetuneParams:
    """The same."""
    train = {**TRAIN, "ema": 0.9, **changes.pop("train", {})}
    held = {"share": 0.2, "count": 8}
    return FinetuneParams.model_validate({"decoder": DECODER, "validation": held, "train": train, **changes})


@pytest.fixture(scope="package", autouse=True)
def one_thread() -> Iterator[None]:
    """Many small steps on several threads take longer than on one."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def words(tmp_path_factory: pytest.TempPathFactory) -> WordLmdb:
    here = Execution(backend="serial", workers=1, work=tmp_path_factory.mktemp("words"))
    return render_words(load_painter(Checkpoint.at("render")), RenderedWordsParams(count=30), here)


@pytest.fixture(scope="session")
def encoder(words: WordLmdb, tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    """After four steps."""
    here = Execution(backend="serial", workers=1, work=tmp_path_factory.mktemp("encoder"))
    return pretrain({"words": words}, pretrain_params(), HARDWARE, here, "ccd.pretrain")


@pytest.fixture(scope="session")
def reader(words: WordLmdb, encoder: Checkpoint, tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    """After four steps."""
    here = Execution(backend="serial", workers=1, work=tmp_path_factory.mktemp("reader"))
    return finetune(words, encoder, finetune_params(), HARDWARE, here, "ccd.finetune_std")


@pytest.fixture
def here(tmp_path: Path) -> Execution:
    return Execution(backend="serial", workers=1, work=tmp_path / "work")
