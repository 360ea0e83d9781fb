from __future__ import annotations

from pathlib import Path

import pytest
from kedro.io import DatasetError

from str_pipelines.datasets.places import PlaceDataset


def test_a_place_is_where_something_lies(tmp_path: Path) -> None:
    dataset = PlaceDataset(str(tmp_path / "ä b"), "pictures")
    assert not dataset.exists()
    with pytest.raises(DatasetError, match=r"ä b: nothing lies there; name it by --params=pictures=FOLDER"):
        dataset.load()
    (tmp_path / "ä b").mkdir()
    assert dataset.exists() and dataset.load() == tmp_path / "ä b"


def test_none_may_be_named() -> None:
    dataset = PlaceDataset(None, "benchmarks")
    assert dataset.exists() and dataset.load() is None


def test_it_is_made_by_no_step(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no step makes it"):
        PlaceDataset(str(tmp_path), "pictures").save(tmp_path)
