"""The view of sheets that MLflow's pages find in a tag of the experiment."""

from __future__ import annotations

import json
from base64 import b64decode
from types import SimpleNamespace
from typing import Any
from zlib import decompress

import pytest

from str_pipelines.tracking.sheets_view import TAG, show_sheet, with_sheet


def state(view: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(decompress(b64decode(json.loads(view)["state"].removeprefix("deflate;"))))
    return found


def test_each_key_has_one_chart() -> None:
    view = with_sheet(with_sheet("", "card/words", 1), "report/misread", 2)
    assert [chart["imageKeys"] for chart in state(view)["compareRunCharts"]] == [["card/words"], ["report/misread"]]
    assert with_sheet(view, "card/words", 3) == view
    assert (json.loads(view)["createdAt"], json.loads(view)["updatedAt"]) == (1, 2)


def test_charts_without_parameters_stand_in_a_section_that_is_there() -> None:
    found = state(with_sheet("", "card/words", 1))
    (chart,), (section,) = found["compareRunCharts"], found["compareRunSections"]
    assert chart["metricSectionId"] == section["uuid"]
    assert chart["showRunParams"] is False


def test_what_a_person_changed_stays() -> None:
    """MLflow writes some states as plain JSON."""
    changed = {
        "compareRunSections": [{"uuid": "mine"}],
        "compareRunCharts": [{"type": "BAR", "metricKey": "words/all"}],
    }
    view = json.dumps({"name": "Mine", "createdAt": 1, "updatedAt": 1, "state": json.dumps(changed)})
    found = state(with_sheet(view, "card/words", 2))
    assert found["compareRunSections"] == changed["compareRunSections"]
    assert len(found["compareRunCharts"]) == 2


@pytest.mark.parametrize("view", ["[", "[]", "{}", '{"state": 1}', '{"state": "deflate;AAAA"}', '{"state": "[]"}'])
def test_what_is_no_view_is_left_alone(view: str) -> None:
    with pytest.raises(ValueError, match="no view of charts"):
        with_sheet(view, "card/words", 1)


def test_twenty_sheets_find_room_in_a_tag() -> None:
    view = ""
    for number in range(20):
        view = with_sheet(view, f"a_report_with_a_long_name/of_sheet_{number}", number)
    assert len(view) < 5000, "MLflow cuts nothing off, it refuses"


def test_the_tag_is_written_once() -> None:
    tags: dict[str, str] = {}
    written: list[str] = []

    def set_experiment_tag(home: str, name: str, value: str) -> None:
        assert (home, name) == ("7", TAG)
        tags[name] = value
        written.append(value)

    client = SimpleNamespace(
        get_run=lambda run: SimpleNamespace(info=SimpleNamespace(experiment_id="7")),
        get_experiment=lambda home: SimpleNamespace(tags=tags),
        set_experiment_tag=set_experiment_tag,
    )
    for at in (1, 2):
        show_sheet(client, "run", "card/words", at)
    assert len(written) == 1
