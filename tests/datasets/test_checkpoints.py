from __future__ import annotations

import json
from pathlib import Path

import pytest
from kedro.io import DatasetError

from str_pipelines.datasets.checkpoints import CheckpointDataset, StageCheckpointDataset
from str_pipelines.storage.checkpoints import Checkpoint


def test_a_shipped_name_and_a_folder_of_yours(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"kind": "painter", "name": "render"}')
    for name in ("render", str(tmp_path)):
        dataset = CheckpointDataset(name)
        assert dataset.exists() and dataset.load() == Checkpoint.at(name)
        assert json.loads(dataset.preview())["name"] == "render"


def test_a_misspelt_name_is_answered_with_the_nearest(tmp_path: Path) -> None:
    for name, hint in (("rendr", "did you mean 'render'?"), (str(tmp_path / "none"), "shipped are .*paste")):
        dataset = CheckpointDataset(name)
        assert not dataset.exists()
        with pytest.raises(DatasetError, match=hint):
            dataset.load()


def test_nothing_is_saved_to_a_choice() -> None:
    with pytest.raises(DatasetError, match="render is chosen by a parameter, no step makes it"):
        CheckpointDataset("render").save(Checkpoint.at("paste"))


def test_a_stage_begins_with_what_was_named_and_its_maker_is_to_be_left_out(tmp_path: Path) -> None:
    dataset = StageCheckpointDataset(str(tmp_path / "trained"), named="render")
    assert dataset.exists() and dataset.load() == Checkpoint.at("render")
    with pytest.raises(DatasetError, match="render was named to be begun with"):
        dataset.save(Checkpoint.at("paste"))
    assert not (tmp_path / "trained").exists()
