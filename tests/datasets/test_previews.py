"""What kedro viz is given to show, without a browser."""

from __future__ import annotations

import json
from base64 import b64decode
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from kedro.io import DatasetError
from PIL import Image

from str_pipelines.datasets.checkpoints import CheckpointDataset
from str_pipelines.datasets.handles import SceneLmdbDataset, WordLmdbDataset
from str_pipelines.datasets.previews import PANEL
from str_pipelines.datasets.reports import ReportDataset
from str_pipelines.imaging.decode import encode_png
from str_pipelines.records import Instance, Report, Scene, Word
from str_pipelines.storage.scenes import SceneWriter
from str_pipelines.storage.words import WordWriter
from tests.making import made_words

RED = encode_png(np.full((20, 60, 3), (255, 0, 0), np.uint8))


def words(folder: Path, count: int) -> WordLmdbDataset:
    with WordWriter(folder) as writer:
        for number in range(count):
            writer.add(Word(f"word/{number}", RED, f"label{number}", (60, 20)))
        writer.finish()
    return WordLmdbDataset(str(folder))


def scenes(folder: Path, count: int) -> SceneLmdbDataset:
    quad = ((1, 1), (50, 1), (50, 9), (1, 9))
    with SceneWriter(folder) as writer:
        for number in range(count):
            writer.add(Scene(f"scene/{number}", RED, (Instance(quad, "text"),)))
        writer.finish()
    return SceneLmdbDataset(str(folder))


def picture(preview: str) -> Image.Image:
    return Image.open(BytesIO(b64decode(preview, validate=True)))


def red(image: Image.Image) -> int:
    """How many pixels are."""
    return int((np.asarray(image.convert("RGB")) == (255, 0, 0)).all(axis=2).sum())


@pytest.mark.parametrize("make", [words, scenes])
@pytest.mark.parametrize("count", [1, 2, 7, 40])
def test_a_sheet_has_the_shape_of_the_panel(tmp_path: Path, make: object, count: int) -> None:
    """Else kedro viz stretches it."""
    sheet = picture(make(tmp_path / "set", count).preview())  # type: ignore[operator]
    assert sheet.width / sheet.height == pytest.approx(PANEL, rel=0.01)
    assert red(sheet) > 5000


def test_as_many_as_asked_are_shown(tmp_path: Path) -> None:
    made = words(tmp_path / "set", 8)
    one, two, four = (red(picture(made.preview(count=count))) for count in (1, 2, 4))
    assert (two, four) == (2 * one, 4 * one)


def test_an_empty_set_is_an_empty_sheet(tmp_path: Path) -> None:
    assert red(picture(words(tmp_path / "set", 0).preview())) == 0


def test_words_that_cannot_be_decoded_do_not_spoil_the_sheet(tmp_path: Path) -> None:
    made_words(tmp_path / "set")  # random bytes for pictures
    assert picture(WordLmdbDataset(str(tmp_path / "set")).preview()).width > 400


def test_what_is_not_there_has_no_preview(tmp_path: Path) -> None:
    with pytest.raises((DatasetError, FileNotFoundError)):
        WordLmdbDataset(str(tmp_path / "none")).preview()


def test_a_report_is_figures_then_sheets(tmp_path: Path) -> None:
    dataset = ReportDataset(str(tmp_path / "report"))
    dataset.save(Report({"word_accuracy": {"other_texts": 2 / 3, "<b>": 1234.0}}, "prose", sheets={"misread": RED}))
    page = dataset.preview()
    assert "word accuracy" in page
    assert "other texts 0.666667, &lt;b&gt; 1234" in page
    assert page.index("</table>") < page.index("data:image/png;base64,")
    assert "_" not in page.partition("data:")[0]  # kedro viz would slant what stands between two


def test_a_checkpoint_is_what_its_config_says() -> None:
    assert json.loads(CheckpointDataset("paste").preview())["name"] == "paste"
