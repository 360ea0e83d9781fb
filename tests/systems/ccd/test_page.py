"""The commands that the page gives for the published ones: every parameter in them is read, and may have its value."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from kedro.framework.cli.utils import _split_params
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from kedro.io import DataCatalog

from str_pipelines.hooks.preflight import read_by, runtime_names, unread
from str_pipelines.pipeline_registry import register_pipelines
from str_pipelines.systems.ccd.config import ENCODERS, FinetuneParams, PretrainParams

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "src/str_pipelines/systems/ccd/README.md"


def commands() -> list[str]:
    """Those to run as they stand, and the one that pretrains with what the page says to give it besides."""
    section = PAGE.read_text(encoding="utf-8").partition("## The published commands")[2].partition("\n## ")[0]
    codes = re.findall(r"`([^`]+)`", section)
    runs = [code for code in codes if code.startswith("kedro run ")]
    [pretrain] = (code for code in runs if "=ccd.pretrain " in code)
    return [*runs, *(f'{pretrain[:-1]},{code}"' for code in codes if code.startswith("ccd.pretrain.") and "=" in code)]


def catalog_of(command: str) -> DataCatalog:
    options = dict(option.split("=", 1) for option in shlex.split(command)[2:])
    given: dict[str, Any] = _split_params(None, None, options["--params"])
    bootstrap_project(ROOT)
    with KedroSession.create(ROOT, save_on_close=False, env=options.get("--env"), runtime_params=given) as session:
        return session.load_context().catalog


@pytest.mark.parametrize("command", commands())
def test_a_command_is_understood(command: str) -> None:
    names = runtime_names(ROOT / "conf")
    known = read_by(register_pipelines().values()) | names["base"]
    assert not unread(catalog_of(command).load("parameters"), known, {})


def test_the_published_sizes_of_base() -> None:
    pretrain, finetune = [next(each for each in commands() if said in each) for said in ("encoder=base", "chances=")]
    encoder: PretrainParams = catalog_of(pretrain).load("params:ccd.pretrain.train")
    assert encoder.network.encoder == ENCODERS["base"] and encoder.network.head.fixed_gain
    steps, batch = encoder.train.steps, encoder.train.batch_size
    assert round(steps * batch / 32.8e6, 1) == 3 and round(encoder.train.optimizer.warmup * batch / 1e7, 1) == 1
    reader: FinetuneParams = catalog_of(finetune).load("params:ccd.finetune_std.train")
    assert reader.chances == (0.4, 0.7, 0.7, 0.7, 0.5)
