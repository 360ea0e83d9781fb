from __future__ import annotations

import json
import math
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.zoo import load_finder, load_masker, load_painter, load_reader, refuse_judge


def made(folder: Path, **config: Any) -> Checkpoint:
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return Checkpoint.at(folder)


@pytest.mark.parametrize("name", ["render", "paste", "textssr_small"])
def test_shipped_painters_paint_and_travel_to_other_processes(name: str) -> None:
    painter = load_painter(Checkpoint.at(name))
    scene, quad = np.full((60, 200, 3), 120, np.uint8), np.array([(10, 10), (190, 10), (190, 50), (10, 50)], np.float64)
    again = pickle.loads(pickle.dumps(painter))  # noqa: S301
    np.testing.assert_array_equal(painter(scene, quad, "OPEN", 7).pixels, again(scene, quad, "OPEN", 7).pixels)
    assert painter.digest == again.digest


def test_options_and_fonts_make_another_painter(tmp_path: Path) -> None:
    from str_pipelines.imaging.fonts import bundled_fonts

    shipped = load_painter(Checkpoint.at("render")).digest
    jittery = load_painter(made(tmp_path, kind="painter", name="render", options={"jitter": 0.2})).digest
    one_font = load_painter(Checkpoint.at("render"), [str(bundled_fonts()[0])]).digest
    assert len({shipped, jittery, one_font}) == 3
    assert load_painter(made(tmp_path, kind="painter", name="render")).digest == shipped


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"kind": "reader", "name": "rapidocr"}, "a painter is wanted, this is a 'reader'"),
        ({}, "a painter is wanted, this is a None"),
        ({"kind": "painter", "name": "rendr"}, "there is no painter 'rendr'; did you mean 'render'?"),
        ({"kind": "painter"}, "there is no painter 'None'"),
        (
            {"kind": "painter", "name": "render", "options": {"jiter": 1}},
            "render has no option 'jiter'; it has .*jitter",
        ),
        ({"kind": "painter", "name": "paste", "options": {"fill": 1}}, "paste has no option 'fill'; it has none"),
        ({"kind": "painter", "name": "paste", "options": [1]}, "`options` is no object"),
        ({"kind": "painter", "name": "render", "options": {"jitter": "high"}}, "jitter is a number from 0 to 0.5"),
        ({"kind": "painter", "name": "render", "options": {"curve": math.nan}}, "curve is a number from 0 to 1"),
    ],
)
def test_what_is_no_painter_is_named(config: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=message) as error:
        load_painter(made(tmp_path, **config))
    assert str(tmp_path / "config.json") in str(error.value)


def test_a_font_that_is_not_there_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"nowhere\.ttf"):
        load_painter(Checkpoint.at("paste"), ["nowhere.ttf"])


def test_a_reader_reads_and_knows_its_options(tmp_path: Path) -> None:
    shipped = Checkpoint.at("rapidocr")
    assert load_reader(shipped).read([np.full((32, 64, 3), 255, np.uint8)])[0][0] == ""
    config = {**shipped.config(), "options": {**shipped.config()["options"], "language": "en"}}
    with pytest.raises(ValueError, match="rapidocr has no option 'language'; it has model, sha256, rapidocr"):
        load_reader(made(tmp_path, **config))
    with pytest.raises(ValueError, match=r"config\.json: .*missing 2 required positional arguments"):
        load_reader(made(tmp_path, kind="reader", name="rapidocr", options={"model": "x.onnx"}))
    with pytest.raises(ValueError, match="a reader is wanted, this is a 'painter'"):
        load_reader(Checkpoint.at("render"))


def test_a_finder_is_one_with_its_options(tmp_path: Path) -> None:
    shipped = Checkpoint.at("rapidocr_finder").config()["options"]
    finder = load_finder(
        made(tmp_path, kind="finder", name="rapidocr", options={**shipped, "recogniser_sha256": "0" * 64})
    )
    assert finder.digest != load_finder(Checkpoint.at("rapidocr_finder")).digest
    with pytest.raises(ValueError, match="a finder is wanted, this is a 'reader'"):
        load_finder(Checkpoint.at("rapidocr"))
    with pytest.raises(ValueError, match="rapidocr has no option 'detectr'; it has detector, "):
        load_finder(made(tmp_path, kind="finder", name="rapidocr", options={**shipped, "detectr": "x"}))


@pytest.mark.parametrize("name", ["kmeans", "constant", "rendered"])
def test_shipped_maskers_travel_to_other_processes(name: str) -> None:
    masker = load_masker(Checkpoint.at(name))
    assert pickle.loads(pickle.dumps(masker)).digest == masker.digest  # noqa: S301


def test_a_masker_is_one_with_its_options(tmp_path: Path) -> None:
    half = load_masker(made(tmp_path, kind="masker", name="constant", options={"value": 0.5}))
    assert half.digest != load_masker(Checkpoint.at("constant")).digest
    seeded = load_masker(made(tmp_path, kind="masker", name="rendered", options={"seed": 1}))
    assert seeded.digest != load_masker(Checkpoint.at("rendered")).digest
    for config, message in (
        ({"kind": "reader", "name": "kmeans"}, "a masker is wanted, this is a 'reader'"),
        ({"kind": "masker", "name": "kmean"}, "there is no masker 'kmean'; did you mean 'kmeans'?"),
        ({"kind": "masker", "name": "kmeans", "options": {"k": 3}}, "kmeans has no option 'k'; it has none"),
        ({"kind": "masker", "name": "constant", "options": {"value": 2}}, "value is a number from 0 to 1, not 2"),
        (
            {"kind": "masker", "name": "rendered", "options": {"seed": -1}},
            "config.json: .*greater than or equal to 0",
        ),
    ):
        with pytest.raises(ValueError, match=f"(?s){message}"):
            load_masker(made(tmp_path, **config))


def test_the_judge_is_no_filter_whatever_its_folder_is_called(tmp_path: Path) -> None:
    judge = Checkpoint.at("rapidocr")
    config = judge.config()
    faster = made(tmp_path, **{**config, "options": {**config["options"], "threads": 2}})
    assert faster.digest != judge.digest
    with pytest.raises(ValueError, match="is the judge, which only scores"):
        refuse_judge(faster, judge)
    refuse_judge(Checkpoint.at("ctc_small"), judge)
