"""Pictures of words without labels become a set of empty labels that says so: of LMDBs, and of files in a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from str_pipelines.execution import Execution
from str_pipelines.sources.raw import RawWords
from str_pipelines.sources.word_config import ReadWordsParams, UnlabelledSource
from str_pipelines.sources.words import ingest
from str_pipelines.sources.words_card import card
from str_pipelines.storage.words import WordLmdb
from tests.making import foreign

from .conftest import picture


def read(root: Path, where: Execution, **options: Any) -> WordLmdb:
    return ingest(ReadWordsParams(source=UnlabelledSource(kind="unlabelled", root=root), **options), where)


def urd(folder: Path, label: bytes | None) -> Path:
    """Three pictures, one of them cut, another missing though it is counted."""
    folder.mkdir(parents=True)
    keys: dict[bytes, bytes | None] = {b"num-samples": b"4"}
    for number in (1, 2, 4):
        keys[b"image-%09d" % number] = picture(number) if number != 2 else picture(number)[:200]
        keys |= {b"label-%09d" % number: label} if label is not None else {}
    return foreign(folder, keys)


@pytest.mark.parametrize("label", [None, b"###", b"unusable", b"\xff\xfe"])
def test_labels_of_lmdbs_are_not_read(tmp_path: Path, here: Execution, label: bytes | None) -> None:
    urd(tmp_path / "URD/OCR-CC", label)
    words = read(tmp_path / "URD", here)
    assert [(word.id, word.label) for word in words] == [("OCR-CC/000000001", ""), ("OCR-CC/000000004", "")]
    assert {each.record: each.reason for each in words.rejections()} == {
        "OCR-CC/000000002": "image_truncated", "000000003": "picture_missing",
    }  # fmt: skip
    assert not words.labelled and words.manifest.made["source"]["kind"] == "unlabelled"


def folder(root: Path) -> Path:
    (root / "a/b").mkdir(parents=True)
    for number, name in enumerate(("a/b/2.png", "a/1.jpg", "x.png", ".hidden.png")):
        (root / name).write_bytes(picture(number))
    (root / "a/cut.png").write_bytes(picture()[:200])
    (root / "a/note.txt").write_text("no picture")
    (root / f"a/{'y' * 250}.png").write_bytes(picture(7))
    (root / "a/line\nbreak.png").write_bytes(picture(8))
    return root


def test_every_file_of_a_folder_is_a_word_or_says_why_not(tmp_path: Path, here: Execution) -> None:
    words = read(folder(tmp_path / "crops"), here)
    named = {"x.png", "a/1.jpg", "a/b/2.png", f"a/{'y' * 250}.png", r"'a/line\nbreak.png'"}
    assert {word.id for word in words} == named
    assert {each.record: each.reason for each in words.rejections()} == {
        "a/cut.png": "image_truncated", "a/note.txt": "image_unreadable",
    }  # fmt: skip
    assert {(word.source, word.label) for word in words} == {("crops", "")}
    assert len(read(tmp_path / "crops", here, limit=2)) == 2


def test_workers_and_shards_do_not_show_and_a_change_is_seen(tmp_path: Path) -> None:
    root = folder(tmp_path / "crops")
    for where in (Execution(work=tmp_path / "2", workers=2), Execution(work=tmp_path / "1", workers=1)):
        last = read(root, where, shard_size=3 if where.workers == 2 else 100)
        assert last.digest == read(root, Execution(backend="serial", work=tmp_path / "0")).digest
    before = RawWords.at(UnlabelledSource(kind="unlabelled", root=root)).digest
    (root / "a/new.png").write_bytes(picture(9))
    assert RawWords.at(UnlabelledSource(kind="unlabelled", root=root)).digest != before
    assert len(read(root, where)) == len(last) + 1


def test_nothing_there_is_said_with_the_parameter(tmp_path: Path, here: Execution) -> None:
    with pytest.raises(FileNotFoundError, match=r"no such folder; ingest\.words\.read\.source\.root"):
        read(tmp_path / "nowhere", here)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="no file lies there or below"):
        read(tmp_path / "empty", here)


def test_the_card_counts_no_labels(tmp_path: Path, here: Execution) -> None:
    report = card(read(folder(tmp_path / "crops"), here))
    assert (report.metrics["words"]["kept"], report.metrics["words"]["labels"]) == (5, 0)
