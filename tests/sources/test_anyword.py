from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from str_pipelines.execution import Execution
from str_pipelines.records import Instance, Rejection, Scene
from str_pipelines.sources import anyword
from str_pipelines.sources.anyword import AnyWord
from str_pipelines.sources.config import AnyWordSource, ScenesParams
from str_pipelines.sources.scenes import ingest
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.storage.tables import rows_of
from str_pipelines.synthesis.anchors import choose
from str_pipelines.synthesis.config import AnchorParams

from .conftest import Frame, picture, records

BOX = [[2, 3], [40, 3], [40, 20], [2, 20]]


def around(count: int) -> list[list[int]]:
    """A polygon of so many points round the middle of a picture, its top from left to right first."""
    angles = [math.pi + 2 * math.pi * (place + 0.5) / count for place in range(count)]
    return [[round(25 + 20 * math.cos(angle)), round(15 + 10 * math.sin(angle))] for angle in angles]


def word(**changes: Any) -> dict[str, Any]:
    return {"polygon": BOX, "text": "OPEN", "language": "Latin", "valid": True, "pos": 4, **changes}


def entry(name: str, *words: Any, **changes: Any) -> dict[str, Any]:
    return {"img_name": name, "caption": "a sign", "annotations": list(words or [word()]), **changes}


AWKWARD = (
    entry("three.png", word(polygon=around(3)), word(polygon=around(4)), word(polygon=around(8)), wm_score=0.1),
    entry("thirty.png", word(polygon=around(30)), word(text="", valid=False), word(text="illegible", valid=False)),
    entry(
        "empty.png",
        word(text=""),
        word(polygon=[]),
        word(language=""),
        word(valid="false"),
        word(pos="x"),
        caption=None,
    ),
    entry("chinese.png", word(text="醉域", language="Chinese"), wm_score=0),
    entry("watermark.png", word(), wm_score=0.9),
    entry("missing.png", word()),
    entry("odd.png", word(), wm_score="0.2"),
    entry("../outside.png", word()),
    entry("three.png", word(text="AGAIN")),
    {"img_name": 7},
    "a string",
)


def write(root: Path, entries: Sequence[Any] = AWKWARD, listing: str = "OCR_Art/data.json", **changes: Any) -> Path:
    """A set whose listing names another `data_root`, with a picture for each name but `missing.png`."""
    path = root / listing
    (path.parent / "imgs").mkdir(parents=True, exist_ok=True)
    for seed, item in enumerate(entries):
        name = item.get("img_name") if isinstance(item, dict) else None
        if isinstance(name, str) and "missing" not in name:
            (path.parent / "imgs" / name).write_bytes(picture(seed))
    path.write_text(
        json.dumps({"data_root": "/data/of/somebody", "data_list": list(entries), **changes}, ensure_ascii=False)
    )
    return path


def source(root: Path, here: Execution, limit: int | None = None, **options: Any) -> AnyWord:
    return AnyWord(AnyWordSource(kind="anyword", root=root, **options), here, limit)


def test_awkward_records(tmp_path: Path, here: Execution) -> None:
    listing = write(tmp_path)
    scenes, rejections = records(source(tmp_path, here))
    assert [(scene.id, len(scene.instances)) for scene in scenes] == [
        ("OCR_Art/three.png", 3), ("OCR_Art/thirty.png", 3), ("OCR_Art/empty.png", 2), ("OCR_Art/chinese.png", 1),
    ]  # fmt: skip
    assert [len(word.polygon) for scene in scenes[:2] for word in scene.instances] == [3, 4, 8, 30, 4, 4]
    assert scenes[1].instances[1] == Instance(((2, 3), (40, 3), (40, 20), (2, 20)), "", "Latin", False)
    assert scenes[3].instances[0].text == "醉域" and scenes[3].instances[0].language == "Chinese"
    assert [(r.record, r.reason) for r in rejections] == [
        ("OCR_Art/empty.png#0", "text_too_short"), ("OCR_Art/empty.png#1", "polygon_too_short"),
        ("OCR_Art/empty.png#3", "valid_malformed"), ("OCR_Art/watermark.png", "watermark"),
        ("OCR_Art/missing.png", "image_missing"), ("OCR_Art/odd.png", "wm_score_malformed"),
        ("OCR_Art/../outside.png", "path_leaves_root"), ("OCR_Art/three.png", "listed_before"),
        ("OCR_Art/", "img_name_malformed"), ("OCR_Art/", "img_name_malformed"),
    ]  # fmt: skip
    assert {r.source for r in rejections if r.reason != "watermark"} == {str(listing)}


def test_words_marked_invalid_are_kept_and_not_painted_over(tmp_path: Path, here: Execution) -> None:
    write(tmp_path, [entry("a.png", word(), word(valid=False), word(text="", valid=False))])
    scenes = ingest(ScenesParams(source=AnyWordSource(kind="anyword", root=tmp_path)), here, Frame())
    reasons = [row["reason"] for row in rows_of(choose(scenes, AnchorParams(), here))]
    assert reasons == ["", "marked_invalid", "marked_invalid"]


def test_watermarks_are_a_matter_of_degree(tmp_path: Path, here: Execution) -> None:
    write(tmp_path, [entry(f"{score}.png", wm_score=score) for score in (0, 0.5, 0.51, 1)])
    kept = {limit: len(records(source(tmp_path, here, max_wm_score=limit))[0]) for limit in (0, 0.5, 1)}
    assert kept == {0: 1, 0.5: 2, 1: 4}
    assert len({source(tmp_path, here, max_wm_score=limit).digest for limit in kept}) == 3
    _, [rejection, _] = records(source(tmp_path, here))
    assert rejection.source == str(tmp_path / "OCR_Art/imgs/0.51.png") and "0.51 is above 0.5" in rejection.detail


@pytest.mark.parametrize("score", [None, True, "0.2", [0.1], {}])
def test_a_score_that_is_no_number_costs_its_photograph(tmp_path: Path, here: Execution, score: object) -> None:
    write(tmp_path, [entry("a.png", wm_score=score), entry("b.png")])
    [scene], [rejection] = records(source(tmp_path, here))
    assert (scene.id, rejection.record) == ("OCR_Art/b.png", "OCR_Art/a.png")
    assert rejection.reason == "wm_score_malformed" and type(score).__name__ in rejection.detail


def test_what_is_not_needed_may_be_absent_and_what_is_not_known_is_passed_over(tmp_path: Path, here: Execution) -> None:
    bare = {"polygon": BOX, "text": "OPEN"}
    more = {**word(), "rec_score": 0.1, "color": [0, 0, 0], "pos": None}
    write(
        tmp_path,
        [{"img_name": "bare.png", "annotations": [bare]}, entry("more.png", more, tags=[]), {"img_name": "c.png"}],
    )
    (one, two, three), rejections = records(source(tmp_path, here))
    assert one.instances == (Instance(((2, 3), (40, 3), (40, 20), (2, 20)), "OPEN"),)
    assert two.instances[0].language == "Latin" and three.instances == ()
    assert not rejections


@pytest.mark.parametrize("annotations", [None, {}, "none", 3])
def test_annotations_that_are_no_list_cost_their_photograph(tmp_path: Path, here: Execution, annotations: Any) -> None:
    write(tmp_path, [entry("a.png", annotations=annotations), entry("b.png")])
    [scene], [rejection] = records(source(tmp_path, here))
    assert (scene.id, rejection.record, rejection.reason) == ("OCR_Art/b.png", "OCR_Art/a.png", "annotations_malformed")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"valid": 0}, "valid_malformed"),
        ({"text": None}, "text_malformed"),
        ({"text": 2023}, "text_malformed"),
        ({"text": "n" * 1001}, "text_too_long"),
        ({"text": "two\nlines"}, "text_control_character"),
        ({"polygon": BOX[:2]}, "polygon_too_short"),
        ({"polygon": None}, "polygon_malformed"),
        ({"polygon": [2, 3, 40, 3, 40, 20]}, "polygon_malformed"),
        ({"polygon": [[x, None] for x, _ in BOX]}, "polygon_malformed"),
    ],
)
def test_a_word_that_cannot_be_used_costs_no_other(
    tmp_path: Path, here: Execution, changes: dict[str, Any], reason: str
) -> None:
    write(tmp_path, [entry("a.png", word(), word(**changes), word(text="LAST"))])
    [scene], [rejection] = records(source(tmp_path, here))
    assert [instance.text for instance in scene.instances] == ["OPEN", "LAST"]
    assert (rejection.record, rejection.reason) == ("OCR_Art/a.png#1", reason) and rejection.detail


def test_several_listings_and_the_newer_first(tmp_path: Path, here: Execution) -> None:
    write(tmp_path, [entry("a.png", word(text="OLD")), entry("b.png")], "laion/data.json")
    write(tmp_path, [entry("a.png", word(text="NEW"))], "laion/data_v1.1.json")
    write(tmp_path, [entry("a.png", word(text="ART"))])
    write(tmp_path, [entry("z.png")], "mine.json")
    scenes, [rejection] = records(source(tmp_path, here))
    assert [(scene.id, scene.source) for scene in scenes] == [
        ("laion/a.png", "laion"), ("OCR_Art/a.png", "OCR_Art"), ("laion/b.png", "laion"),
    ]  # fmt: skip
    assert scenes[0].instances[0].text == "NEW"
    assert (rejection.record, rejection.reason) == ("laion/a.png", "listed_before")
    assert [scene.id for scene in records(source(tmp_path, here, listings=("mine.json",)))[0]] == ["z.png"]


@pytest.mark.parametrize(
    ("listings", "message"),
    [
        (("mine.json",), r"mine\.json is missing; data/README\.md"),
        (("*/data.json", "x/data.json"), r"x/data\.json is missing"),
        (("*/none*.json",), r"there is none of .*none\*\.json; data/README\.md"),
        ((), r"there is none of"),
    ],
)
def test_listings_that_are_not_there(tmp_path: Path, here: Execution, listings: tuple[str, ...], message: str) -> None:
    write(tmp_path)
    with pytest.raises(FileNotFoundError, match=message):
        source(tmp_path, here, listings=listings)


def test_a_root_that_is_not_there(tmp_path: Path, here: Execution) -> None:
    with pytest.raises(FileNotFoundError, match=r"nowhere: no such folder; ingest\.scenes\.read\.source\.root"):
        source(tmp_path / "nowhere", here)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_json_has_not(tmp_path: Path, here: Execution, number: str) -> None:
    path = write(
        tmp_path,
        [entry("a.png"), entry("b.png", wm_score=0.125), entry("c.png", word(polygon=[[0.125, 1], [9, 1], [9, 9]]))],
    )
    path.write_text(path.read_text().replace("0.125", number))
    scenes, rejections = records(source(tmp_path, here))
    assert "OCR_Art/a.png" in {scene.id for scene in scenes}
    reasons = Counter(rejection.reason for rejection in rejections)
    if number == "1e999":
        assert reasons == {"watermark": 1, "polygon_malformed": 1}
    else:
        assert reasons == {"record_malformed": 2}
        assert all(r.record.startswith("byte ") and "is no JSON number" in r.detail for r in rejections)


def test_a_record_that_is_no_utf_8_does_not_cost_the_next(tmp_path: Path, here: Execution) -> None:
    path = write(tmp_path, [entry("a.png"), entry("b.png", caption="MARK"), entry("c.png")])
    path.write_bytes(path.read_bytes().replace(b"MARK", b"\xff\xfe"))
    scenes, [rejection] = records(source(tmp_path, here))
    assert [scene.id for scene in scenes] == ["OCR_Art/a.png", "OCR_Art/c.png"]
    assert rejection.reason == "record_malformed" and "utf-8" in rejection.detail


def test_a_listing_cut_at_fifty_places_is_named_and_leaves_what_was_made(tmp_path: Path, here: Execution) -> None:
    params = ScenesParams(source=AnyWordSource(kind="anyword", root=tmp_path))
    path = write(tmp_path)
    before = ingest(params, here, Frame())
    whole = path.read_bytes()
    for end in np.linspace(0, len(whole) - 1, 50, dtype=int):
        path.write_bytes(whole[:end])
        with pytest.raises(ValueError, match=r"OCR_Art/data\.json: not JSON at byte \d+"):
            ingest(params, here, Frame())
    assert SceneLmdb.at(before.path) == before and len(list(before)) == 4


def test_a_limit_reads_no_further(tmp_path: Path, here: Execution) -> None:
    path = write(tmp_path, [entry("a.png"), entry("b.png"), entry("c.png")])
    path.write_bytes(path.read_bytes()[:-40])
    assert len(records(source(tmp_path, here, limit=2))[0]) == 2
    with pytest.raises(ValueError, match="element 2 of `data_list`"):
        source(tmp_path, here)


def test_the_listing_is_walked_once(tmp_path: Path, here: Execution, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path)
    first = source(tmp_path, here).digest
    monkeypatch.setattr(anyword, "elements", lambda *_: pytest.fail("walked again"))
    assert source(tmp_path, here).digest == first
    monkeypatch.undo()
    path.write_text(path.read_text().replace("AGAIN", "NIAGA"))  # as long as before
    assert source(tmp_path, here).digest != first


def test_a_photograph_that_comes_later_is_seen(tmp_path: Path, here: Execution) -> None:
    write(tmp_path)
    params = ScenesParams(source=AnyWordSource(kind="anyword", root=tmp_path))
    assert len(ingest(params, here, Frame())) == 4
    (tmp_path / "OCR_Art/imgs/missing.png").write_bytes(picture(9))
    assert len(ingest(params, here, Frame())) == 5


def test_workers_and_shards_do_not_show(tmp_path: Path) -> None:
    write(tmp_path / "raw")
    params = ScenesParams(source=AnyWordSource(kind="anyword", root=tmp_path / "raw"))
    digests = {
        ingest(
            params.model_copy(update={"shard_size": size}),
            Execution(work=tmp_path / str(size), workers=workers),
            Frame(),
        ).digest
        for size, workers in ((64, 1), (2, 2))
    }
    assert len(digests) == 1


def test_names_are_the_same_however_they_are_written(tmp_path: Path, here: Execution) -> None:
    path = write(tmp_path, [entry("é店.png"), entry("b.png")])
    listing = json.loads(path.read_text())
    escaped = json.dumps(listing["data_list"][0])
    path.write_text(path.read_text()[:-2] + ", " + escaped + "]}")
    scenes, [rejection] = records(source(tmp_path, here))
    assert isinstance(scenes[0], Scene) and scenes[0].id == "OCR_Art/é店.png"
    assert isinstance(rejection, Rejection) and rejection.reason == "listed_before"


@pytest.mark.parametrize(
    ("changes", "sets"),
    [
        ({}, ["OCR_Art", "laion", "wukong_1of5"]),
        ({"subset": "step1"}, ["laion", "wukong_1of5"]),
        ({"subset": "step2"}, ["OCR_Art"]),
        ({"subset": "step2", "step2": "ocr_* wukong_1*"}, ["OCR_Art", "wukong_1of5"]),
    ],
)
def test_each_of_textssrs_steps_has_its_sets(
    tmp_path: Path, here: Execution, changes: dict[str, Any], sets: list[str]
) -> None:
    for name in ("OCR_Art/data.json", "laion/data_v1.1.json", "wukong_1of5/data_v1.1.json"):
        write(tmp_path / "anyword", [entry("a.png")], name)
    config = AnyWordSource.model_validate({"kind": "anyword", "root": tmp_path / "anyword", **changes})
    scenes = ingest(ScenesParams(source=config), here, Frame())
    assert sorted(scenes.ids()) == [f"{name}/a.png" for name in sets]


def test_a_step_without_sets_says_so(tmp_path: Path, here: Execution) -> None:
    write(tmp_path / "anyword", [entry("a.png")])
    with pytest.raises(FileNotFoundError, match="that `step1` takes"):
        AnyWord(AnyWordSource(kind="anyword", root=tmp_path / "anyword", subset="step1"), here)


def test_texts_that_are_longer_than_wanted_are_left_out(tmp_path: Path, here: Execution) -> None:
    root = write(tmp_path / "anyword", [entry("a.png", word(text=""), word(text="x" * 26), word(text="x" * 25))])
    config = AnyWordSource(kind="anyword", root=tmp_path / "anyword", longest=25)
    [scene], rejections = records(AnyWord(config, here))
    assert [len(instance.text) for instance in scene.instances] == [25] and root
    assert [(each.record[-2:], each.reason) for each in rejections] == [
        ("#0", "text_too_short"),
        ("#1", "text_too_long"),
    ]
