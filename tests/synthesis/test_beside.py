from __future__ import annotations

import pytest

from str_pipelines.execution import Execution
from str_pipelines.imaging.decode import decode
from str_pipelines.records import Table
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.storage.words import WordLmdb
from str_pipelines.synthesis import beside
from str_pipelines.synthesis.beside import side_by_side
from str_pipelines.synthesis.config import PaintParams
from str_pipelines.synthesis.paint import paint_words

from .conftest import Noise


@pytest.fixture
def words(jobs: Table, scenes: SceneLmdb, here: Execution) -> WordLmdb:
    return paint_words(jobs, scenes, Noise(), PaintParams(), here, "paint")


def captions(monkeypatch: pytest.MonkeyPatch, words: WordLmdb, scenes: SceneLmdb, **painters: Noise) -> list[str]:
    """Of the cells of a sheet of eight places, with as many pictures as there are painters, and the photograph."""
    cells = []
    monkeypatch.setattr(beside, "sheet", lambda given, **_: cells.extend(given) or b"png")
    side_by_side(words, scenes, painters, 0.25, 8)
    assert all(len(cell.pictures) == len(painters) + 1 for cell in cells)
    assert all(picture.shape == cell.pictures[0].shape for cell in cells for picture in cell.pictures)
    return [cell.caption for cell in cells]


def test_every_place_is_shown_once_with_a_word_that_did_not_stand_there(
    words: WordLmdb, scenes: SceneLmdb, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = {(row["scene"], row["instance"]) for row in words.rows()}
    shown = captions(monkeypatch, words, scenes, one=Noise(), other=Noise())
    assert len(shown) == len(places) > 2
    assert set(shown) <= {str(row["label"]) for row in words.rows() if row["kind"] != "identity"}


def test_a_word_that_one_of_them_refuses_is_left_out(
    words: WordLmdb, scenes: SceneLmdb, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = captions(monkeypatch, words, scenes, one=Noise())
    refused = shown[0]
    left = captions(monkeypatch, words, scenes, one=Noise(), other=Noise(refused=(refused,)))
    assert left == [text for text in shown if text != refused]


def test_a_sheet_has_no_more_places_than_asked_for(words: WordLmdb, scenes: SceneLmdb) -> None:
    few, all_of_them = (decode(side_by_side(words, scenes, {"one": Noise()}, 0.25, count)) for count in (1, 8))
    assert few.shape[0] < all_of_them.shape[0] and few.std() > 10
    assert side_by_side(words, scenes, {"one": Noise()}, 0.25, 0) == b""
