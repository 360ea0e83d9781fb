from __future__ import annotations

import os
from pathlib import Path

import pytest

from str_pipelines.execution import Execution
from str_pipelines.records import Refused
from str_pipelines.sources.pictures import Files, Stored, find_pictures
from tests.making import made_words, word

from .conftest import picture


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What people keep in folders."""
    root = tmp_path / "my words ä"
    (root / "b/deep").mkdir(parents=True)
    (root / ".hidden").mkdir()
    (root / "b/deep/one.png").write_bytes(picture(1))
    (root / "b/two").write_bytes(picture(2))
    (root / "a.jpg").write_bytes(b"")
    (root / "notes.txt").write_text("hello")
    (root / ".hidden/three.png").write_bytes(picture(3))
    (root / ".four.png").write_bytes(picture(4))
    (root / "gone.png").symlink_to(root / "nowhere")
    (root / "circle").symlink_to(root)
    os.mkfifo(root / "pipe.png")
    Path(os.fsdecode(os.fsencode(str(root)) + b"/z\xff.png")).write_bytes(picture(5))
    return root


def everything(pictures: Files | Stored) -> list[tuple[str, bytes | Refused]]:
    return list(pictures.read(range(len(pictures))))


def test_every_file_but_hidden_ones_in_order(folder: Path, here: Execution) -> None:
    found = find_pictures(folder, here)
    names = ["a.jpg", "gone.png", "notes.txt", "pipe.png", "'z\\udcff.png'", "b/two", "b/deep/one.png"]
    assert [name for name, _ in everything(found)] == names
    read = dict(everything(found))
    assert (read["a.jpg"], read["notes.txt"], read["b/deep/one.png"]) == (b"", b"hello", picture(1))
    assert read["'z\\udcff.png'"] == picture(5)
    for name in ("gone.png", "pipe.png"):
        assert isinstance(read[name], Refused) and read[name].reason == "image_missing"


def test_any_range_is_that_part_of_the_list(folder: Path, here: Execution) -> None:
    found = find_pictures(folder, here)
    assert [name for name, _ in found.read(range(5, 7))] == ["b/two", "b/deep/one.png"]


def test_a_change_changes_the_digest_and_nothing_else_does(folder: Path, here: Execution) -> None:
    before = find_pictures(folder, here).digest
    assert find_pictures(folder, here).digest == before
    os.utime(folder / "b/two", (1, 1))
    assert find_pictures(folder, here).digest != before


def test_one_picture(folder: Path, here: Execution, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder / "b")
    assert everything(find_pictures(Path("two"), here)) == [("two", picture(2))]


def test_a_word_lmdb_is_called_by_its_ids(tmp_path: Path, here: Execution) -> None:
    words = made_words(tmp_path / "words", range(3))
    found = find_pictures(tmp_path / "words", here)
    assert found.digest == words.digest
    assert everything(found) == [(f"set/{number}", word(number).image) for number in range(3)]


def test_what_is_not_there_says_what_to_do(tmp_path: Path, here: Execution) -> None:
    with pytest.raises(FileNotFoundError, match="nothing lies there"):
        find_pictures(tmp_path / "nowhere", here)
    (tmp_path / "empty/.git").mkdir(parents=True)
    with pytest.raises(ValueError, match="no file lies there"):
        find_pictures(tmp_path / "empty", here)
