from __future__ import annotations

import json
import tracemalloc
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from str_pipelines.imaging.decode import decode, encode_png
from str_pipelines.records import Instance, Rejection, Scene
from str_pipelines.sources.benchmark import Benchmark
from str_pipelines.sources.config import BenchmarkSource

REAL = Path("../shared/data/real_scenes")
BOX = [[2, 3], [40, 3], [40, 20], [2, 20]]
IMAGE = encode_png(np.full((30, 50, 3), 90, np.uint8))


def annotation(**changes: Any) -> dict[str, Any]:
    return {"polygon": BOX, "text": "OPEN", "language": "Latin", "valid": True, "pos": 1, **changes}


def entry(name: str = "a.png", annotations: Any = None) -> dict[str, Any]:
    return {"img_name": name, "caption": "", "annotations": [annotation()] if annotations is None else annotations}


def write(root: Path, entries: Sequence[Any], images: Sequence[str] = ("a.png",), **files: Any) -> Path:
    """A set `x` below `root`."""
    folder = root / "x"
    (folder / "images").mkdir(parents=True, exist_ok=True)
    for name in images:
        (folder / "images" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "images" / name).write_bytes(IMAGE)
    listing = {"data_root": "/nowhere/at/all", "data_list": entries}
    (folder / "test.json").write_text(json.dumps(listing), encoding="utf-8")
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


def source(root: Path, **options: Any) -> Benchmark:
    return Benchmark(BenchmarkSource(kind="benchmark", root=root, sets=("x",), **options))


def records(benchmark: Benchmark) -> tuple[list[Scene], list[Rejection]]:
    found = list(benchmark.scenes(range(len(benchmark))))
    return [r for r in found if isinstance(r, Scene)], [r for r in found if isinstance(r, Rejection)]


def test_a_photograph_and_its_words_are_read_whatever_the_data_root_says(tmp_path: Path) -> None:
    eight: list[list[float]] = [[0, 0], [10, 0], [20, 0], [30, 1], [30, 12], [20, 11], [10, 11], [0, 11.5]]
    words = [annotation(), annotation(polygon=eight, text="醉域 2", language="Chinese", valid=False)]
    write(tmp_path, [entry("deep/down/ä b.png", words)], ["deep/down/ä b.png"])
    [scene], rejections = records(source(tmp_path))
    assert scene == Scene(
        "x/deep/down/ä b.png",
        IMAGE,
        (
            Instance(((2, 3), (40, 3), (40, 20), (2, 20)), "OPEN", "Latin", True),
            Instance(tuple((float(x), float(y)) for x, y in eight), "醉域 2", "Chinese", False),
        ),
        "x",
    )
    assert not rejections


def test_language_and_valid_may_be_absent_and_so_may_annotations(tmp_path: Path) -> None:
    bare = {"polygon": BOX, "text": "a"}
    write(tmp_path, [entry("a.png", [bare]), {"img_name": "b.png"}], ["a.png", "b.png"])
    (one, two), _ = records(source(tmp_path))
    assert (one.instances[0].language, one.instances[0].valid, two.instances) == ("", True, ())


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"polygon": []}, "polygon_too_short"),
        ({"polygon": BOX[:2]}, "polygon_too_short"),
        ({"polygon": None}, "polygon_malformed"),
        ({"polygon": "12 13 14"}, "polygon_malformed"),
        ({"polygon": [["2", "3"], ["40", "3"], ["40", "20"]]}, "polygon_malformed"),
        ({"polygon": [[True, False], [4, 5], [9, 1]]}, "polygon_malformed"),
        ({"polygon": [[1, 2, 3], [4, 5, 6], [7, 8, 9]]}, "polygon_malformed"),
        ({"polygon": [1, 2, 3, 4, 5, 6]}, "polygon_malformed"),
        ({"polygon": [[10**400, 2], [4, 5], [9, 1]]}, "polygon_malformed"),
        ({"polygon": {"x": 1}}, "polygon_malformed"),
        ({"text": ""}, "text_too_short"),
        ({"text": None}, "text_malformed"),
        ({"text": 2023}, "text_malformed"),
        ({"text": ["OPEN"]}, "text_malformed"),
        ({"text": "\ud800"}, "text_malformed"),
        ({"text": "n" * 1001}, "text_too_long"),
        ({"text": "two\nlines"}, "text_control_character"),
        ({"text": "cut\0here"}, "text_control_character"),
        ({"text": "\x9b"}, "text_control_character"),
        ({"valid": "false"}, "valid_malformed"),
        ({"valid": None}, "valid_malformed"),
        ({"language": 7}, "language_malformed"),
        ({"language": "La\ttin"}, "language_control_character"),
        ({"language": "\udfff"}, "language_malformed"),
    ],
)
def test_an_instance_that_cannot_be_used_is_rejected_and_its_photograph_kept(
    tmp_path: Path, fault: dict[str, Any], reason: str
) -> None:
    folder = write(tmp_path, [entry("a.png", [annotation(), annotation(**fault), annotation(text="LAST")])])
    [scene], [rejection] = records(source(tmp_path))
    assert [instance.text for instance in scene.instances] == ["OPEN", "LAST"]
    assert (rejection.source, rejection.record) == (str(folder / "test.json"), "x/a.png#1")
    assert rejection.reason == reason and rejection.detail


@pytest.mark.parametrize("value", [None, "OPEN", 7, [], [annotation()]])
def test_an_annotation_that_is_no_object(tmp_path: Path, value: Any) -> None:
    write(tmp_path, [entry("a.png", [value])])
    [scene], [rejection] = records(source(tmp_path))
    assert (scene.instances, rejection.reason) == ((), "annotation_malformed")


def test_an_infinite_coordinate_that_json_allows(tmp_path: Path) -> None:
    folder = write(tmp_path, [entry()])
    text = (folder / "test.json").read_text().replace("[2, 3]", "[1e999, 3]")
    (folder / "test.json").write_text(text)
    _, [rejection] = records(source(tmp_path))
    assert rejection.reason == "polygon_malformed"


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (entry("b.png"), "image_missing"),
        (entry(""), "img_name_malformed"),
        (entry("."), "image_missing"),
        (entry("a\0.png"), "img_name_malformed"),
        (entry("\udcff.png"), "img_name_malformed"),
        (entry("n" * 300), "image_missing"),
        (entry("m" * 1000), "img_name_too_long"),
        (entry("a.png", "none"), "annotations_malformed"),
        (entry("a.png", {"0": annotation()}), "annotations_malformed"),
        ({"img_name": 7, "annotations": []}, "img_name_malformed"),
        ({"annotations": []}, "img_name_malformed"),
        ("a.png", "img_name_malformed"),
        (None, "img_name_malformed"),
        ([], "img_name_malformed"),
    ],
)
def test_an_entry_that_cannot_be_used_is_rejected_and_the_next_is_read(tmp_path: Path, item: Any, reason: str) -> None:
    write(tmp_path, [item, entry("c.png")], ["a.png", "c.png"])
    [scene], [rejection] = records(source(tmp_path))
    assert (scene.id, rejection.reason) == ("x/c.png", reason)


def test_a_name_listed_twice_is_used_once(tmp_path: Path) -> None:
    second, other = entry("a.png", [annotation(text="LATER")]), entry("a.jpg")
    write(tmp_path, [entry(), second, other], ["a.png", "a.jpg"])
    scenes, [rejection] = records(source(tmp_path))
    assert [scene.id for scene in scenes] == ["x/a.png", "x/a.jpg"]
    assert scenes[0].instances[0].text == "OPEN"
    assert (rejection.record, rejection.reason) == ("x/a.png", "listed_before")


def test_two_entries_without_a_name_are_two_rejections(tmp_path: Path) -> None:
    write(tmp_path, [{}, {}, entry()])
    scenes, rejections = records(source(tmp_path))
    assert (len(scenes), [r.reason for r in rejections]) == (1, ["img_name_malformed"] * 2)


TRAVERSALS = [
    "../secret.png", "../../secret.png", "../x/../secret.png", "deep/../../secret.png", "./../secret.png",
    "../images/../secret.png", "..//secret.png", "../test.json", "link.png", "folder/secret.png",
    "/{root}/x/secret.png",
]  # fmt: skip


@pytest.mark.parametrize("name", TRAVERSALS)
def test_no_name_leads_out_of_the_folder_of_photographs(tmp_path: Path, name: str) -> None:
    name = name.replace("/{root}", str(tmp_path))
    folder = write(tmp_path, [entry(name)])
    for secret in (folder / "secret.png", tmp_path / "secret.png"):
        secret.write_bytes(IMAGE)
    (folder / "images" / "link.png").symlink_to(folder / "secret.png")
    (folder / "images" / "folder").symlink_to(folder, target_is_directory=True)
    scenes, [rejection] = records(source(tmp_path))
    assert (scenes, rejection.reason) == ([], "path_leaves_root")


def test_links_that_lead_nowhere_or_in_circles_and_what_is_no_file(tmp_path: Path) -> None:
    names = ["dangling.png", "circle.png", "folder"]
    images = write(tmp_path, [entry(name) for name in names]) / "images"
    (images / "dangling.png").symlink_to(images / "nothing.png")
    (images / "circle.png").symlink_to(images / "circle.png")
    (images / "folder").mkdir()
    scenes, rejections = records(source(tmp_path))
    assert (scenes, [r.reason for r in rejections]) == ([], ["image_missing"] * 3)


def test_a_part_is_what_parts_json_says(tmp_path: Path) -> None:
    parts = {"anchors": ["a.png", "c.png"], "test": ["b.png"]}
    names = ["a.png", "b.png", "c.png"]
    write(tmp_path, [*map(entry, names), {}], names, parts=parts)
    scenes, rejections = records(source(tmp_path, part="anchors"))
    assert [scene.id for scene in scenes] == ["x/a.png", "x/c.png"]
    assert [r.reason for r in rejections] == ["img_name_malformed"]  # it may belong to any part
    assert len(records(source(tmp_path))[0]) == 3
    assert source(tmp_path, part="anchors").digest != source(tmp_path, part="test").digest


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"anchors": ["a.png"]}, "has no part 'tset'; there are anchors"),
        ({"tset": ["a.png", "gone.png"]}, "1 names such as 'gone.png' are not in test.json"),
        ({"tset": "a.png"}, "an object of lists"),
        (["tset"], "an object of lists"),
        (None, "an object of lists"),
    ],
)
def test_a_part_that_is_not_there(tmp_path: Path, parts: Any, message: str) -> None:
    write(tmp_path, [entry()], parts=parts)
    with pytest.raises(ValueError, match=message) as error:
        source(tmp_path, part="tset")
    assert str(tmp_path / "x" / "parts.json") in str(error.value)


def test_a_missing_listing_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"x/test\.json is missing; see data/README\.md"):
        source(tmp_path)
    write(tmp_path, [entry()])
    with pytest.raises(FileNotFoundError, match=r"x/parts\.json is missing"):
        source(tmp_path, part="anchors")


@pytest.mark.parametrize("listing", ["[]", "7", "null", '"x"', "{}", '{"data_list": {}}', '{"data_list": "a.png"}'])
def test_another_layout_is_named(tmp_path: Path, listing: str) -> None:
    (write(tmp_path, []) / "test.json").write_text(listing)
    with pytest.raises(ValueError, match=r"x/test\.json: no list `data_list`"):
        source(tmp_path)


def test_a_listing_cut_short_anywhere_is_named(tmp_path: Path) -> None:
    folder = write(tmp_path, [entry()])
    whole = (folder / "test.json").read_bytes()
    for end in range(len(whole)):
        (folder / "test.json").write_bytes(whole[:end])
        with pytest.raises(ValueError, match=r"x/test\.json: not JSON .*; copy it again"):
            source(tmp_path)


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b'{"data_list": [NaN]}',
        b'{"data_list": [-Infinity]}',
        b'{"data_list": ["\xff\xfe"]}',
        b'{"data_list": [' + b"9" * 5000 + b"]}",
        b"[" * 1_000_000,
        b'{"a":' * 500_000,
    ],
)
def test_damaged_or_hostile_json_is_named_and_takes_little_memory(tmp_path: Path, damaged: bytes) -> None:
    (write(tmp_path, []) / "test.json").write_bytes(damaged)
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=r"x/test\.json: not JSON"):
            source(tmp_path)
        assert tracemalloc.get_traced_memory()[1] < 100e6
    finally:
        tracemalloc.stop()


def test_files_too_large_to_be_read_at_once(tmp_path: Path) -> None:
    folder = write(tmp_path, [entry()])
    with (folder / "images" / "a.png").open("ab") as file:
        file.truncate(100 << 20)
    scenes, [rejection] = records(source(tmp_path))
    assert (scenes, rejection.reason) == ([], "file_too_large")
    with (folder / "test.json").open("ab") as file:
        file.truncate(100 << 20)
    with pytest.raises(ValueError, match=r"x/test\.json has more than .* bytes"):
        source(tmp_path)


def test_utf_8_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    folder = write(tmp_path, [entry()])
    (folder / "test.json").write_bytes(b"\xef\xbb\xbf" + (folder / "test.json").read_bytes())
    assert len(records(source(tmp_path))[0]) == 1


def test_the_digest_changes_with_the_listing_and_with_a_photograph(tmp_path: Path) -> None:
    folder = write(tmp_path, [entry()])
    first = source(tmp_path).digest
    assert source(tmp_path).digest == first
    (folder / "images" / "a.png").write_bytes(IMAGE + b"\0")
    second = source(tmp_path).digest
    (folder / "images" / "a.png").unlink()
    third = source(tmp_path).digest
    write(tmp_path, [entry("a.png", [])])
    assert len({first, second, third, source(tmp_path).digest}) == 4


def test_sets_are_read_in_turn_and_one_named_twice_once(tmp_path: Path) -> None:
    write(tmp_path / "one", [entry()])
    write(tmp_path / "two", [entry()])
    benchmark = Benchmark(BenchmarkSource(kind="benchmark", root=tmp_path, sets=("one/x", "two/x", "one/x")))
    scenes, rejections = records(benchmark)
    assert [(scene.id, scene.source) for scene in scenes] == [("one/x/a.png", "one/x"), ("two/x/a.png", "two/x")]
    assert not rejections


@pytest.mark.skipif(not REAL.is_dir(), reason=f"{REAL} is not there")
@pytest.mark.parametrize(
    ("name", "part", "photographs", "words"),
    [("ic13", "anchors", 70, 308), ("ic15", "test", 95, 425), ("shopsign", None, 72, 389)],
)
def test_real_photographs_are_read_whole(name: str, part: str | None, photographs: int, words: int) -> None:
    benchmark = Benchmark(BenchmarkSource(kind="benchmark", root=REAL, sets=(name,), part=part))
    scenes, rejections = records(benchmark)
    assert (len(scenes), sum(len(scene.instances) for scene in scenes)) == (photographs, words)
    assert not rejections
    assert min(decode(scenes[0].image).shape[:2]) > 200
