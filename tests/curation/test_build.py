"""A target appears whole or not at all, once, and an interrupted command goes on where it stopped."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from str_pipelines.curation import build
from str_pipelines.curation.arguments import main
from str_pipelines.storage.folders import locked
from tests.curation.samples import real_words, run


@pytest.mark.parametrize("form", ["lmdb", "tsv"])
def test_an_existing_target_is_left_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str) -> None:
    words = real_words(tmp_path / "a")
    (target := tmp_path / "b").mkdir()
    (target / "mine").write_text("kept")
    assert main(["convert", str(words.path), "--form", form, "--into", str(target)]) == 1
    assert f"{target} is there already; remove it, or name another place" in capsys.readouterr().err
    assert [path.name for path in target.iterdir()] == ["mine"]


def test_of_two_builders_the_second_is_refused_and_the_first_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = real_words(tmp_path / "a")
    with locked(tmp_path / "b.work" / "target"):
        assert main(["convert", str(words.path), "--into", str(tmp_path / "b")]) == 1
    assert f"process {os.getpid()} is building there now" in capsys.readouterr().err
    assert not (tmp_path / "b").exists()


def test_an_interrupted_command_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words, copy, calls = real_words(tmp_path / "a"), build._copy, []

    def interrupted(*arguments: object) -> None:
        calls.append(arguments[-2])
        if len(calls) == 3:
            raise KeyboardInterrupt
        copy(*arguments)  # type: ignore[arg-type]

    interrupted.__module__ = copy.__module__
    monkeypatch.setattr(build, "_copy", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run("merge", words.path, tmp_path / "b")
    assert not (tmp_path / "b").exists() and (tmp_path / "b.work").exists()
    made = run("merge", words.path, tmp_path / "b")
    assert calls == [range(0, 7), range(7, 14), range(14, 21), range(14, 21), range(21, 28), range(28, 30)]
    assert list(made) == list(words) and made.digest == words.digest
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_a_full_disk_leaves_no_half_of_an_export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = real_words(tmp_path / "a")

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert main(["convert", str(words.path), "--form", "tsv", "--into", str(tmp_path / "b")]) == 1
    assert not (tmp_path / "b").exists() and not list(tmp_path.glob("b.part-*"))
