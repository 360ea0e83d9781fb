from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from kedro.io import DatasetError

from str_pipelines.datasets.reports import ReportDataset
from str_pipelines.imaging.decode import encode_png
from str_pipelines.records import Report

PNG = encode_png(np.full((20, 40, 3), 90, np.uint8))
REPORT = Report(
    {"words": {"accepted": 3.0}, "word_accuracy": {"painted": 0.5}},
    "# Größe\n",
    {"by_length": [{"length": 3, "note": 'a "b", c'}, {"length": 4, "note": "two\nlines", "more": 1.5}], "none": []},
    {"words": PNG},
    {"photographs/ä b.png": PNG, "photographs/deep/list.csv": b"a,b\n", "notes.txt": b"x"},
)


def test_a_report_comes_back_as_it_was_saved_with_cells_as_text(tmp_path: Path) -> None:
    dataset = ReportDataset(str(tmp_path / "reports" / "card"))
    assert not dataset.exists()
    dataset.save(REPORT)
    found = dataset.load()
    assert dataset.exists()
    assert (found.metrics, found.text, found.sheets, found.files) == (
        REPORT.metrics, REPORT.text, REPORT.sheets, REPORT.files,
    )  # fmt: skip
    assert found.tables == {
        "by_length": [
            {"length": "3", "note": 'a "b", c', "more": ""},
            {"length": "4", "note": "two\nlines", "more": "1.5"},
        ],
        "none": [],
    }


def test_a_save_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    dataset = ReportDataset(str(tmp_path / "card"))
    dataset.save(REPORT)
    dataset.save(Report({}, "nothing"))
    assert dataset.load() == Report({}, "nothing")
    assert [path.name for path in tmp_path.iterdir()] == ["card"]


def test_a_save_that_fails_leaves_the_one_before(tmp_path: Path) -> None:
    dataset = ReportDataset(str(tmp_path / "card"))
    dataset.save(REPORT)
    with pytest.raises(DatasetError):
        dataset.save(Report({"a": {"b": object()}}, "not JSON"))  # type: ignore[dict-item]
    assert dataset.load().text == REPORT.text


def test_one_that_a_killed_save_moved_aside_is_found_again(tmp_path: Path) -> None:
    dataset = ReportDataset(str(tmp_path / "card"))
    dataset.save(REPORT)
    (tmp_path / "card").rename(tmp_path / "card.old")
    assert dataset.exists() and dataset.load().text == REPORT.text


def test_nothing_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"card: no metrics\.json, so no report lies there"):
        ReportDataset(str(tmp_path / "card")).load()


def test_the_preview_has_figures_and_sheets(tmp_path: Path) -> None:
    dataset = ReportDataset(str(tmp_path / "card"))
    dataset.save(REPORT)
    page = dataset.preview()
    assert "word accuracy" in page and "painted 0.5" in page and "data:image/png;base64," in page
    assert dataset.preview.__annotations__["return"] == "HTMLPreview"
