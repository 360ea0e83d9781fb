"""A run that the disk stopped says how to go on; any other says only what happened."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from kedro.io import DatasetError

from str_pipelines.hooks.remedies import remedy_of
from tests.faults.conftest import Resize, fill


def wrapped(error: Exception) -> Exception:
    """As Kedro hands on what happened while an output was saved."""
    try:
        raise DatasetError("Failed while saving") from error
    except DatasetError as outer:
        return outer


def test_of_the_places_of_a_run_the_one_without_room_is_named(disk: Path, tmp_path: Path) -> None:
    fill(disk)
    error = wrapped(OSError(errno.ENOSPC, "No space left on device"))
    remedy = remedy_of(error, [tmp_path / "work", disk / "words" / "to come"])
    assert f"0 bytes are free at {disk}." in remedy and "the same command again" in remedy and "STR_DATA=" in remedy


def test_the_file_that_an_error_names_says_which_disk(tmp_path: Path) -> None:
    remedy = remedy_of(OSError(errno.EDQUOT, "Quota", str(tmp_path / "a" / "b")), ["/"])
    assert f"bytes are free at {tmp_path}." in remedy
    remedy = remedy_of(wrapped(PermissionError(errno.EACCES, "denied", "/there/words")), ["/"])
    assert "may not write /there/words" in remedy


@pytest.mark.parametrize("error", [ValueError("x"), FileNotFoundError(errno.ENOENT, "x", "/y"), OSError("nothing")])
def test_other_errors_have_no_remedy_here(error: Exception) -> None:
    assert remedy_of(wrapped(error), ["/"]) == ""


def test_a_run_that_fails_for_want_of_room_ends_with_the_remedy(
    toy: Path, run: Callable[..., None], disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(toy / "data/words.txt", disk)
    monkeypatch.setenv("STR_DATA", str(disk))
    fill(disk)
    with pytest.raises(DatasetError) as caught:
        run("use")
    assert f"0 bytes are free at {disk}" in caught.value.__notes__[0]


def test_a_run_on_a_read_only_disk_ends_with_the_remedy(
    toy: Path, run: Callable[..., None], disk: Path, remount: Resize, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(toy / "data/words.txt", disk)
    monkeypatch.setenv("STR_DATA", str(disk))
    remount("ro")
    with pytest.raises(DatasetError) as caught:
        run("use")
    assert f"may not write {disk}/kept.txt" in caught.value.__notes__[0]
