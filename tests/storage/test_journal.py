"""A journal holds every line that went in, whatever cut it short."""

from __future__ import annotations

import errno
import io
from pathlib import Path
from typing import Any

import pytest

from str_pipelines.storage.journal import append, lines

VALUES: list[dict[str, Any]] = [{"do": "a", "n": 1.5}, {"data": bytes(range(256))}, {"text": "zwei\nZeilen ä"}]


def written(path: Path) -> Path:
    for value in VALUES:
        append(path, value)
    return path


def test_lines_come_back(tmp_path: Path) -> None:
    assert list(lines(written(tmp_path / "deep" / "er" / "file"))) == VALUES


def test_cut_anywhere_the_whole_lines_are_there(tmp_path: Path) -> None:
    path = written(tmp_path / "file")
    whole = path.read_bytes()
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        assert list(lines(path)) == VALUES[: whole[:size].count(b"\n")]


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    path = written(tmp_path / "file")
    path.write_bytes(path.read_bytes().replace(b'{"data"', b'{"data'))
    with pytest.raises(ValueError, match=r"file, line 2: not JSON"):
        list(lines(path))


@pytest.mark.parametrize("taken", [0, 5, None])
def test_a_line_that_does_not_fit_leaves_no_part(
    tmp_path: Path, taken: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk takes a part of what is written, or refuses it."""
    path = written(tmp_path / "file")

    class Full(io.FileIO):
        def write(self, data: Any) -> int:
            if taken is None:
                raise OSError(errno.ENOSPC, "full")
            return super().write(data[:taken])

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", lambda self, mode, buffering: Full(self, mode))
        with pytest.raises(OSError) as caught:
            append(path, {"more": 1})
    assert caught.value.errno == errno.ENOSPC
    append(path, {"later": 2})
    assert list(lines(path)) == [*VALUES, {"later": 2}]
