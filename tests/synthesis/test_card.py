from __future__ import annotations

import pytest

from str_pipelines.execution import Execution
from str_pipelines.imaging.decode import decode
from str_pipelines.records import Report, Table
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.synthesis.accept import accept
from str_pipelines.synthesis.anchors import choose
from str_pipelines.synthesis.card import card
from str_pipelines.synthesis.config import AcceptParams, AnchorParams, PaintParams
from str_pipelines.synthesis.paint import paint_words

from .conftest import Noise, as_painted


@pytest.fixture
def report(jobs: Table, scenes: SceneLmdb, here: Execution) -> Report:
    """24 proposed; the permutations are refused; of columns, those 24 pixels high, none is accepted."""
    painted = paint_words(jobs, scenes, Noise(refused=("NEPO",)), PaintParams(), here, "paint")
    words = accept(painted, as_painted(painted, here.work), AcceptParams(min_height=25), here)
    return card(choose(scenes, AnchorParams(), here), jobs, words, {"shop_a.png": b"png"})


def test_figures_agree_with_what_was_made(report: Report) -> None:
    words = report.metrics["words"]
    assert (words["proposed"], words["painted"], words["accepted"]) == (24, 16, 8)
    assert (words["labels"], words["photographs"], words["places"]) == (2, 2, 4)
    assert words["characters"] == 32 and 1 <= words["fonts"] <= 3
    assert report.metrics["rejected"] == {"no_font": 8, "too_small": 8}
    assert report.metrics["survival"] == {
        "all": pytest.approx(8 / 24), "identity": 0.5, "permutation": 0.0, "word": 0.5,
    }  # fmt: skip


def test_tables_say_who_survived_and_why_the_others_did_not(report: Report) -> None:
    assert report.tables["survival_by_source"] == [
        {"group": "shop", "proposed": 12, "accepted": 4, "share": pytest.approx(1 / 3)},
        {"group": "street", "proposed": 12, "accepted": 4, "share": pytest.approx(1 / 3)},
    ]
    assert [(row["group"], row["proposed"], row["accepted"]) for row in report.tables["survival_by_length"]] == [
        (4, 24, 8)
    ]
    assert [(row["group"], row["proposed"], row["accepted"]) for row in report.tables["survival_by_height"]] == [
        ("016-031", 24, 8)
    ]
    first, second = report.tables["rejections"]
    assert first == {"reason": "no_font", "count": 8, "example": "street/a.png#0.1", "detail": "for 'NEPO'"}
    assert (second["reason"], second["detail"]) == ("too_small", "24 px high, 25 wanted")
    assert report.tables["anchors"] == [{"reason": "used", "count": 8}]
    assert sum(row["count"] for row in report.tables["characters"]) == 32


def test_prose_sheet_and_photographs(report: Report) -> None:
    assert "8 words with 2 different labels, painted into 4 places of 2\nphotographs" in report.text
    assert "| permutation | 8 | 0 | 0.0% |" in report.text and "| no_font | 8 | street/a.png#0.1 |" in report.text
    assert report.files == {"photographs/shop_a.png.png": b"png"}
    assert decode(report.sheets["words"]).std() > 10


def test_a_card_of_nothing_is_a_card(jobs: Table, scenes: SceneLmdb, here: Execution) -> None:
    painted = paint_words(jobs, scenes, Noise(), PaintParams(), here, "paint")
    none = accept(painted, as_painted(painted, here.work), AcceptParams(min_contrast=1), here)
    report = card(choose(scenes, AnchorParams(), here), jobs, none, {})
    assert report.metrics["words"]["accepted"] == report.metrics["survival"]["all"] == 0
    assert report.metrics["rejected"] == {"low_contrast": 24}
    assert "0 words" in report.text
