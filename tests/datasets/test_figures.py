from __future__ import annotations

from pathlib import Path

import pytest
from kedro.io import DatasetError

from str_pipelines.datasets.figures import FiguresDataset


def test_figures_add_up_from_save_to_save(tmp_path: Path) -> None:
    dataset = FiguresDataset(str(tmp_path / "recognition"))
    assert not dataset.exists()
    dataset.save({"mini-1/IC13.857": {"word_accuracy": 0.5}, "mini-1/ä": {"word_accuracy": 0.25}})
    dataset.save({"mini-1/ä": {"word_accuracy": 0.75}, "best-2/ä": {"rule": "Größe"}})
    assert dataset.exists() and dataset.load() == {
        "best-2/ä": {"rule": "Größe"},
        "mini-1/IC13.857": {"word_accuracy": 0.5},
        "mini-1/ä": {"word_accuracy": 0.75},
    }


@pytest.mark.parametrize(("content", "why"), [("{", "no JSON"), ("[]", "a JSON object is wanted")])
def test_a_broken_file_is_named(tmp_path: Path, content: str, why: str) -> None:
    (tmp_path / "mini-1").mkdir()
    (tmp_path / "mini-1/SVT.json").write_text(content)
    with pytest.raises(DatasetError, match=rf"mini-1/SVT\.json: {why}.*"):
        FiguresDataset(str(tmp_path)).load()
