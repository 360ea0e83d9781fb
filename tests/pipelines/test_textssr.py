"""TextSSR from the command line: three stages, and what paints with the checkpoint that they leave."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path

import pytest

from str_pipelines.storage.words import WordLmdb

from . import running

kedro = partial(running.kedro, tracked=True)
STAGES = ("vae", "step1", "step2")
UNFILTERED = "synthesize.accept.match=none,synthesize.accept.min_contrast=0,synthesize.accept.max_clipped=1"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the three stages have put everything."""
    folder = tmp_path_factory.mktemp("textssr")
    kedro(folder, "--pipeline=textssr")
    return folder


def test_three_stages_leave_a_painter(data: Path) -> None:
    kinds = [json.loads((data / f"06_models/textssr_{stage}/config.json").read_bytes())["kind"] for stage in STAGES]
    assert kinds == ["vae", "painter", "painter"]
    assert re.search(r"textssr\.step2: found done", kedro(data, "--pipeline=textssr", "--namespaces=textssr.step2"))


def test_synthesize_paints_with_it(data: Path) -> None:
    painter = f"painter={data / '06_models/textssr_step2'}"
    kedro(data, "--pipeline=synthesize", "--namespaces=synthesize", f"--params={painter},{UNFILTERED}")
    words = WordLmdb.at(data / "07_model_output/synthetic_words")
    assert len(words) + sum(words.manifest.rejected.values()) >= 10


def test_textssr_infer_writes_the_seeds_layout(data: Path) -> None:
    kedro(data, "--pipeline=textssr_infer")
    layout = data / "07_model_output/textssr_layout"
    labels = json.loads((layout / "labels.json").read_bytes())
    names = {file.name for file in (layout / "region").iterdir()}
    report = json.loads((data / "08_reporting/textssr_infer_report/metrics.json").read_bytes())
    assert set(report["judged"]) == {"painted", "other_texts", "pasted"}  # nothing really stands in the demo's places
    assert labels and set(labels) == names == {file.name for file in (layout / "local").iterdir()}
