from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from str_pipelines.execution import Execution
from str_pipelines.records import Instance, Scene
from str_pipelines.sources.word_sets import find_word_sets
from str_pipelines.storage.scenes import SceneWriter
from str_pipelines.storage.words import WordLmdb
from tests.making import foreign, made_words, sharded_words

from .conftest import picture

QUAD = ((5.0, 5.0), (40.0, 5.0), (40.0, 20.0), (5.0, 20.0))


def field(folder: Path, count: int = 3) -> Path:
    """An LMDB as the tools of the field write it."""
    folder.mkdir(parents=True)
    entries = {b"num-samples": b"%d" % count}
    for number in range(1, count + 1):
        entries |= {b"image-%09d" % number: picture(number), b"label-%09d" % number: b"word"}
    return foreign(folder, entries)


def photographs(folder: Path, **parts: list[str]) -> Path:
    """Two photographs with a word each, in TextSSR's layout."""
    (folder / "images").mkdir(parents=True)
    for name in ("a.png", "b.png"):
        (folder / "images" / name).write_bytes(picture())
    words = [{"polygon": QUAD, "text": "OPEN"}]
    entries = [{"img_name": name, "annotations": words} for name in ("a.png", "b.png")]
    (folder / "test.json").write_text(json.dumps({"data_list": entries}))
    if parts:
        (folder / "parts.json").write_text(json.dumps(parts))
    return folder


def counts(found: dict[str, WordLmdb]) -> dict[str, int]:
    return {name: len(words) for name, words in found.items()}


def test_lmdbs_of_every_dialect_at_any_depth(tmp_path: Path, here: Execution) -> None:
    field(tmp_path / "evaluation/benchmark/SVT")
    field(tmp_path / "IC13 ä/1015", 2)
    made_words(tmp_path / "ours", range(4))
    sharded_words(tmp_path / "large")
    field(tmp_path / ".hidden/SVT")
    found, left_out = find_word_sets(tmp_path, here)
    assert counts(found) == {"IC13 ä/1015": 2, "evaluation/benchmark/SVT": 3, "large/words/key": 18, "ours": 4}
    assert not left_out


def test_the_root_may_be_the_set(tmp_path: Path, here: Execution, monkeypatch: pytest.MonkeyPatch) -> None:
    field(tmp_path / "SVT")
    assert counts(find_word_sets(tmp_path / "SVT", here)[0]) == {"SVT": 3}
    monkeypatch.chdir(tmp_path / "SVT")
    assert counts(find_word_sets(Path(), here)[0]) == {"SVT": 3}


def test_photographs_are_cut_a_set_a_part(tmp_path: Path, here: Execution) -> None:
    photographs(tmp_path / "whole")
    photographs(tmp_path / "halves", test=["a.png"], anchors=["b.png"])
    with SceneWriter(tmp_path / "stored") as writer:
        writer.add(Scene("s/a", picture(), (Instance(QUAD, "a"), Instance(QUAD, "b")), "s"))
        writer.finish()
    found, _ = find_word_sets(tmp_path, here)
    assert counts(found) == {
        "halves_photographs_anchors": 1, "halves_photographs_test": 1, "stored_photographs": 2, "whole_photographs": 2,
    }  # fmt: skip
    assert found["halves_photographs_test"][0].id == "halves/a.png#0"


def test_links_are_followed_and_circles_left(tmp_path: Path, here: Execution) -> None:
    field(tmp_path / "elsewhere/SVT")
    (tmp_path / "root").mkdir()
    (tmp_path / "root/SVT").symlink_to(tmp_path / "elsewhere/SVT")
    (tmp_path / "root/circle").symlink_to(tmp_path / "root")
    (tmp_path / "root/gone").symlink_to(tmp_path / "nowhere")
    assert counts(find_word_sets(tmp_path / "root", here)[0]) == {"SVT": 3}


def test_what_cannot_be_read_does_not_stop_the_others(tmp_path: Path, here: Execution) -> None:
    field(tmp_path / "good")
    (field(tmp_path / "cut") / "data.mdb").write_bytes(b"\0" * 100)
    foreign(field(tmp_path / "lacking"), {b"image-000000002": None})
    (tmp_path / "pictures").mkdir()
    foreign(tmp_path / "pictures", {b"image-a": picture(), b"annotations-a": b"[]"})
    photographs(tmp_path / "listed")
    (tmp_path / "listed/test.json").write_text("{")
    (tmp_path / "other").mkdir()
    (tmp_path / "other/manifest.json").write_text("{}")
    found, left_out = find_word_sets(tmp_path, here)
    assert counts(found) == {"good": 3}
    said = {each.record: each.detail for each in left_out}
    assert said.keys() == {"cut", "lacking", "pictures", "listed", "other"}
    assert "no picture" in said["lacking"] and "num-samples" in said["pictures"] and "not JSON" in said["listed"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_closed_folder_is_left_out(tmp_path: Path, here: Execution) -> None:
    field(tmp_path / "good")
    (tmp_path / "closed").mkdir(mode=0)
    found, left_out = find_word_sets(tmp_path, here)
    assert counts(found) == {"good": 3} and [each.record for each in left_out] == ["closed"]


def test_a_name_that_is_no_text_is_left_out(tmp_path: Path, here: Execution) -> None:
    field(tmp_path / "SVT").rename(os.fsdecode(os.fsencode(str(tmp_path)) + b"/S\xffT"))
    found, left_out = find_word_sets(tmp_path, here)
    assert not found and "rename it" in left_out[0].detail


def test_no_folder_is_an_error(tmp_path: Path, here: Execution) -> None:
    with pytest.raises(FileNotFoundError, match="no such folder"):
        find_word_sets(tmp_path / "nowhere", here)
