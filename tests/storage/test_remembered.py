"""What is found out about an LMDB is found out once."""

from __future__ import annotations

from pathlib import Path

import pytest

from str_pipelines.storage.manifests import Manifest
from str_pipelines.storage.remembered import remembered

FOUND = Manifest(kind="words", count=3, digest="0" * 64, parts=())


class Finder:
    """Counts how often it is asked."""

    asked = 0

    def __call__(self) -> Manifest:
        self.asked += 1
        return FOUND


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_once_for_a_state_of_a_folder(cache: Path, tmp_path: Path) -> None:
    find = Finder()
    assert [remembered(tmp_path, (1, 2), find) for _ in range(2)] == [FOUND, FOUND]
    assert find.asked == 1
    remembered(tmp_path, (1, 3), find)
    remembered(tmp_path / "other", (1, 2), find)
    remembered(tmp_path, (1, 2), find, "compared with another")
    assert find.asked == 4


def test_again_where_what_was_kept_is_damaged(cache: Path, tmp_path: Path) -> None:
    find = Finder()
    remembered(tmp_path, (1, 2), find)
    [kept] = cache.rglob("*.json")
    kept.write_bytes(kept.read_bytes()[:-20])
    assert remembered(tmp_path, (1, 2), find) == FOUND
    assert find.asked == 2


def test_where_nothing_can_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    find = Finder()
    assert [remembered(tmp_path, (1, 2), find) for _ in range(2)] == [FOUND, FOUND]
    assert find.asked == 2
