from __future__ import annotations

import json
from pathlib import Path

import pytest
from kedro.io import DatasetError

from str_pipelines.datasets.raw import RawScenesDataset
from str_pipelines.sources.config import DemoSource
from str_pipelines.sources.raw import RawScenes


def test_a_set_is_looked_at_and_shown() -> None:
    dataset = RawScenesDataset({"kind": "demo"})
    assert dataset.exists() and dataset.load() == RawScenes.at(DemoSource(kind="demo"))
    shown = json.loads(dataset.preview())
    assert shown == {"kind": "demo", "photographs": 5, "digest": dataset.load().digest}


def test_a_set_that_is_not_there_says_where_it_is_looked_for(tmp_path: Path) -> None:
    dataset = RawScenesDataset({"kind": "folder", "root": str(tmp_path / "nowhere")})
    assert not dataset.exists()
    with pytest.raises(DatasetError, match=r"nowhere: no such folder; ingest\.scenes\.read\.source\.root"):
        dataset.load()


def test_a_kind_that_nobody_knows_is_refused() -> None:
    with pytest.raises(DatasetError, match="'foldr' .* does not match any of the expected tags"):
        RawScenesDataset({"kind": "foldr"}).load()


def test_no_step_makes_it() -> None:
    dataset = RawScenesDataset({"kind": "demo"})
    with pytest.raises(DatasetError, match="no step makes it"):
        dataset.save(dataset.load())
