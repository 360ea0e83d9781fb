"""LMDBs of others are read record by record, wherever they lie below the root."""

from __future__ import annotations

from pathlib import Path

import pytest

from str_pipelines.records import Rejection
from str_pipelines.sources.word_config import WordLmdbSource
from str_pipelines.sources.word_lmdbs import WordLmdbs
from tests.making import foreign, sharded_words


def keys(*words: tuple[bytes | None, bytes | None], count: int | None = None) -> dict[bytes, bytes | None]:
    found: dict[bytes, bytes | None] = {b"num-samples": b"%d" % (len(words) if count is None else count)}
    for number, (image, label) in enumerate(words, 1):
        found |= {b"image-%09d" % number: image, b"label-%09d" % number: label}
    return {key: value for key, value in found.items() if value is not None}


def opened(root: Path, limit: int | None = None) -> WordLmdbs:
    return WordLmdbs(WordLmdbSource(kind="lmdb", root=root), limit)


def test_all_lmdbs_below_the_root_are_one_set_in_the_order_of_their_folders(tmp_path: Path) -> None:
    foreign(tmp_path / "b", keys((b"3", b"three")))
    (tmp_path / "a").mkdir()
    foreign(tmp_path / "a" / "deep", keys((b"1", b"one"), (b"2", "zw\u00f6lf".encode())))
    words = opened(tmp_path)
    assert list(words.words(range(len(words)))) == [
        ("a/deep/000000001", b"1", "one", "a/deep"),
        ("a/deep/000000002", b"2", "zw\u00f6lf", "a/deep"),
        ("b/000000001", b"3", "three", "b"),
    ]
    assert list(words.words(range(1, 2))) == list(words.words(range(3)))[1:2]


def test_one_lmdb_is_called_by_its_folder(tmp_path: Path) -> None:
    [word] = opened(foreign(tmp_path / "IC15", keys((b"1", b"one")))).words(range(1))
    assert word == ("IC15/000000001", b"1", "one", "IC15")


def test_a_record_that_is_missing_or_no_text_costs_itself_alone(tmp_path: Path) -> None:
    entries = keys((b"1", b"one"), (None, b"two"), (b"3", None), (b"4", b"\xff"), (b"5", b"five"), count=6)
    found = list(opened(foreign(tmp_path / "set", entries)).words(range(6)))
    faults = [(each.record, each.reason) for each in found if isinstance(each, Rejection)]
    assert [each[2] for each in found if isinstance(each, tuple)] == ["one", "five"]
    assert faults == [
        ("000000002", "picture_missing"),
        ("000000003", "label_missing"),
        ("000000004", "label_not_text"),
        ("000000006", "picture_missing"),
    ]


def test_shards_of_ours_are_read_like_any(tmp_path: Path) -> None:
    ours = sharded_words(tmp_path / "work", 20)
    words = opened(ours.path)
    found = list(words.words(range(len(words))))
    assert [each[2] for each in found if isinstance(each, tuple)] == [word.label for word in ours]


def test_a_limit_stops_early(tmp_path: Path) -> None:
    root = foreign(tmp_path / "set", keys((b"1", b"one"), (b"2", b"two")))
    assert (len(opened(root, 1)), len(opened(root, 9))) == (1, 2)


def test_nothing_and_what_is_no_word_lmdb_are_named(tmp_path: Path) -> None:
    for root in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(FileNotFoundError, match=r"no data\.mdb lies there or below; ingest\.words\.read"):
            opened(root)
    with pytest.raises(ValueError, match="`num-samples` is None, so this is no word LMDB"):
        opened(foreign(tmp_path / "other", {b"key": b"value"}))


def test_a_change_is_seen(tmp_path: Path) -> None:
    root = foreign(tmp_path / "set", keys((b"1", b"one")))
    before = opened(root).digest
    assert opened(root).digest == before
    foreign(root, keys((b"1", b"one"), (b"2", b"two")))
    assert opened(root).digest != before
