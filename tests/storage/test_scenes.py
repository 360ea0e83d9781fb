"""Photographs come back as they went in, by index and by id."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from str_pipelines.execution import Execution, run_shards
from str_pipelines.records import Instance, Refused, Scene
from str_pipelines.storage.scenes import LONGEST_ID, SceneLmdb, SceneWriter, annotations_of, instances
from tests.making import entries_of, foreign, made_scenes, resealed, scene


def write_scenes(span: range, writer: SceneWriter) -> None:
    for number in span:
        writer.add(scene(number % 9))


def sharded(folder: Path, count: int) -> SceneLmdb:
    where = Execution(backend="serial", work=folder)
    return run_shards(SceneLmdb, SceneWriter, write_scenes, count, 4, step="scenes", key="key", execution=where)


def test_photographs_come_back(tmp_path: Path) -> None:
    scenes, made = sharded(tmp_path, 9), [scene(number) for number in range(9)]
    assert list(scenes) == made
    assert [scenes[index] for index in range(9)] == made
    assert [scenes.find(scene_id) for scene_id in scenes.ids()] == made
    with pytest.raises(KeyError, match="has no photograph 'other'"):
        scenes.find("other")
    with pytest.raises(IndexError):
        scenes[9]


def test_the_digest_covers_picture_and_text(tmp_path: Path) -> None:
    digests = {made_scenes(tmp_path / str(end), range(end)).digest for end in (4, 5)}
    plain, text = Scene("a", b"x", ()), Instance(((0, 0),), "t")
    changes: list[dict[str, Any]] = [{}, {"image": b"y"}, {"instances": (text,)}, {"id": "b"}]
    for number, each in enumerate(replace(plain, **change) for change in changes):
        with SceneWriter(tmp_path / f"changed {number}") as writer:
            writer.add(each)
            digests.add(writer.finish().digest)
    assert len(digests) == 6
    assert made_scenes(tmp_path / "again", range(4)).digest in digests


def test_whole_coordinates_are_integers_for_textssr(tmp_path: Path) -> None:
    text = dict(entries_of(made_scenes(tmp_path / "scenes").path))[b"annotations-set/photo 0"]
    assert json.loads(text)[0]["polygon"] == [[10, 10], [50.5, 10], [50.5, 30], [10, 30]]
    assert b"10.0" not in text
    assert instances(text) == scene(0).instances == instances(annotations_of(scene(0)))


def test_a_hint_comes_back_and_shows_only_where_there_is_one() -> None:
    corners = ((0.0, 0.0), (9.0, 0.0), (9.0, 5.0))
    hinted, plain = Instance(corners, "", hint="OPEN"), Instance(corners, "OPEN")
    text = annotations_of(Scene("a", b"", (hinted, plain)))
    assert instances(text) == (hinted, plain)
    assert text.count(b'"hint":"OPEN"') == text.count(b"hint") == 1


def test_two_photographs_of_one_id_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"key b'image-set/photo 3' is there already"):
        made_scenes(tmp_path / "one", (3, 4, 3))
    scenes = sharded(tmp_path / "shards", 11)
    with pytest.raises(ValueError, match="two photographs have the id 'set/photo 0'"):
        scenes.find("set/photo 1")


def test_an_id_may_be_as_long_as_a_key_of_lmdb(tmp_path: Path) -> None:
    longest = "é" * (LONGEST_ID // 2) + "e" * (LONGEST_ID % 2)
    with SceneWriter(tmp_path / "scenes") as writer:
        with pytest.raises(Refused, match=f"id_too_long: .* {LONGEST_ID + 1} bytes, {LONGEST_ID} are possible"):
            writer.add(Scene("e" + longest, b"x", ()))
        writer.add(Scene(longest, b"x", ()))
        writer.finish()
    assert [each.id for each in SceneLmdb.at(tmp_path / "scenes")] == [longest]


@pytest.mark.parametrize(
    "text", [b"{", b"\xff", b"3", b"[1]", b"[" * 100_000, b'[{"text": "t"}]', b'[{"polygon": [1], "text": "t"}]']
)
def test_damaged_annotations_are_refused_by_name(tmp_path: Path, text: bytes) -> None:
    scenes = made_scenes(tmp_path / "scenes")
    foreign(scenes.path, {b"annotations-set/photo 2": text})
    resealed(scenes.path)
    with pytest.raises(ValueError, match="what stands for 'set/photo 2' is not AnyWord's JSON"):
        scenes[2]
    assert scenes[3] == scene(3)


@pytest.mark.parametrize(("key", "lacking"), [(b"image-", "picture"), (b"annotations-", "annotations")])
def test_what_is_missing_is_named(tmp_path: Path, key: bytes, lacking: str) -> None:
    scenes = made_scenes(tmp_path / "scenes")
    foreign(scenes.path, {key + b"set/photo 3": None})
    resealed(scenes.path)
    with pytest.raises(ValueError, match=f"'set/photo 3' has no {lacking}"):
        scenes.find("set/photo 3")


def test_a_photograph_that_does_not_decode_any_more_is_named(tmp_path: Path) -> None:
    scenes = made_scenes(tmp_path / "scenes")  # of random bytes
    fault = r"scenes: 'set/photo 3' could be decoded once and cannot any more \(image_unreadable: "
    for look in (lambda: scenes.pixels("set/photo 3"), lambda: scenes.size(scenes[3])):
        with pytest.raises(ValueError, match=fault) as caught:
            look()
        assert not isinstance(caught.value, Refused), "it is no record to be passed over"
