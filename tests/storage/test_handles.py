"""Handles say what lies in a folder, travel as three fields, and find every record in its shard."""

from __future__ import annotations

import copy
import pickle
from collections import Counter
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from str_pipelines.storage.handles import Handle, Layout
from str_pipelines.storage.manifests import Manifest
from str_pipelines.storage.rows import Rows, RowsWriter
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.storage.words import WordLmdb
from tests.making import made_scenes, made_words, read_all, sharded_words


def test_a_handle_is_pickled_as_its_three_fields(tmp_path: Path) -> None:
    words = sharded_words(tmp_path)
    before = read_all(words)
    for travelled in (pickle.loads(pickle.dumps(words)), copy.deepcopy(words)):  # noqa: S301
        assert travelled == words and hash(travelled) == hash(words)
        assert read_all(travelled) == before
    assert len(pickle.dumps(words)) < 500


def test_the_digest_does_not_depend_on_the_size_of_shards(tmp_path: Path) -> None:
    sets = [sharded_words(tmp_path / str(size), size=size) for size in (1, 6, 7, 20, 99)]
    assert len({words.digest for words in sets}) == 1
    assert [len(words.folders()) for words in sets] == [20, 4, 3, 1, 1]
    kept = [number for number in range(20) if number % 7 != 6]
    assert made_words(tmp_path / "single", kept).digest == sets[0].digest
    assert made_words(tmp_path / "turned", reversed(kept)).digest != sets[0].digest
    assert made_words(tmp_path / "less", kept[1:]).digest != sets[0].digest


def test_rows_digests_and_rejections_go_through_all_shards(tmp_path: Path) -> None:
    words = sharded_words(tmp_path)
    assert [row["id"] for row in words.rows()] == [f"set/{number}" for number in range(20) if number % 7 != 6]
    assert len(set(words.digests())) == len(words) == 18
    assert [(rejection.record, rejection.reason) for rejection in words.rejections()] == [
        ("set/6", "seventh"),
        ("set/13", "seventh"),
    ]
    assert words.manifest.rejected == {"seventh": 2}


@given(st.lists(st.integers(0, 4), max_size=8))
def test_every_index_has_a_place(counts: list[int]) -> None:
    folders = tuple(Path(str(part)) for part in range(len(counts)))
    manifest = Manifest(kind="words", count=sum(counts), digest="", parts=())
    layout = Layout(manifest, folders, tuple((part,) for part in range(len(counts))), tuple(accumulate(counts)))
    found = [layout.place(index) for index in range(sum(counts))]
    assert found == [(folders[part], (part,), place) for part, count in enumerate(counts) for place in range(count)]
    for index in (-1, sum(counts)):
        with pytest.raises(IndexError, match=f"there are {sum(counts)} records, and none with the index {index}"):
            layout.place(index)


def test_nothing_another_kind_and_damage_are_no_handle(tmp_path: Path) -> None:
    words, scenes = made_words(tmp_path / "words"), made_scenes(tmp_path / "scenes")
    assert WordLmdb.exists(words.path) and SceneLmdb.exists(str(scenes.path))
    with pytest.raises(FileNotFoundError, match="nothing finished lies there"):
        WordLmdb.at(tmp_path / "nothing")
    with pytest.raises(ValueError, match="holds 'words', where 'scenes' is wanted"):
        SceneLmdb.at(words.path)
    with (words.path / "data.mdb").open("ab") as file:
        file.write(b"x")
    with pytest.raises(ValueError, match="copied or changed; copy or make it again"):
        WordLmdb.at(words.path)
    assert not any(kind.exists(path) for kind, path in [(WordLmdb, words.path), (SceneLmdb, tmp_path / "nothing")])


def test_a_folder_that_a_killed_commit_moved_aside_is_found(tmp_path: Path) -> None:
    words = made_words(tmp_path / "words")
    words.path.rename(tmp_path / "words.old")
    assert WordLmdb.at(tmp_path / "words") == words


def test_an_empty_set_can_be_read(tmp_path: Path) -> None:
    for words in (made_words(tmp_path / "words", []), sharded_words(tmp_path / "work", count=0)):
        assert (len(words), list(words), list(words.rows()), list(words.digests())) == (0, [], [], [])
        with pytest.raises(IndexError):
            words[0]


def test_plain_rows_are_a_set_too(tmp_path: Path) -> None:
    with RowsWriter(tmp_path) as writer:
        for number in range(5):
            writer.add({"n": number, "share": number / 2})
        writer.finish({"by": "test"})
    rows = Rows.at(tmp_path)
    assert [row["n"] for row in rows.rows()] == [0, 1, 2, 3, 4]
    assert (len(rows), rows.manifest.made) == (5, {"by": "test"})
    assert list(rows.read_digests()) == list(rows.digests())


def test_what_was_left_before_the_end_does_not_exist(tmp_path: Path) -> None:
    with RowsWriter(tmp_path) as writer:
        writer.add({"n": 1})
    assert not Rows.exists(tmp_path)


def test_a_handle_reads_its_manifest_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = sharded_words(tmp_path)
    reads: Counter[str] = Counter()
    read = Handle.read_manifest.__func__  # type: ignore[attr-defined]
    monkeypatch.setattr(
        Handle, "read_manifest", classmethod(lambda cls, path: reads.update([path.name]) or read(cls, path))
    )
    read_all(words)
    read_all(words)
    assert reads.total() <= 1
