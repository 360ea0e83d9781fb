"""Folders appear whole or not at all, whenever the process is killed."""

from __future__ import annotations

import errno
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from str_pipelines.storage import folders
from str_pipelines.storage.folders import HOST, commit, link_tree, locked, part_of, recover, sweep, write_whole

FORK = multiprocessing.get_context("fork")
DEAD = 2**22 + 1  # above the highest process id of Linux


def filled(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a.txt").write_text(text)
    (folder / "b").mkdir(exist_ok=True)
    (folder / "b" / "c.txt").write_text(text)
    return folder


def texts(folder: Path) -> set[str]:
    return {file.read_text() for file in folder.rglob("*.txt")}


def test_commit_replaces_a_folder_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "target"
    for text in ("first", "second"):
        commit(filled(part_of(target), text), target)
        assert texts(target) == {text}
    assert [path.name for path in tmp_path.iterdir()] == ["target"]


def killed_at(call: int, part: Path, target: Path) -> None:
    """Commit, and die before the given one of all calls that change names or ask the disk."""
    calls = 0

    def counted(function: Callable[..., object]) -> Callable[..., object]:
        def wrapper(*args: object, **kwargs: object) -> object:
            nonlocal calls
            if calls == call:
                os.kill(os.getpid(), signal.SIGKILL)
            calls += 1
            return function(*args, **kwargs)

        return wrapper

    for name in ("rename", "fsync", "unlink", "rmdir"):
        setattr(os, name, counted(getattr(os, name)))
    commit(part, target)


def test_killed_at_any_point_a_commit_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    outcomes = []
    for call in range(40):
        target = tmp_path / str(call) / "target"
        filled(target, "old")
        process = FORK.Process(target=killed_at, args=(call, filled(part_of(target), "new"), target))
        process.start()
        process.join()
        recover(target)
        outcomes.append(texts(target))
        commit(filled(part_of(target), "next"), target)
        assert texts(target) == {"next"}
        assert [path.name for path in target.parent.iterdir()] == ["target"]
        if process.exitcode == 0:
            break
    assert process.exitcode == 0, "the last round was to go through"
    assert len(outcomes) > 8
    assert all(outcome in ({"old"}, {"new"}) for outcome in outcomes)
    assert outcomes[0] == {"old"} and outcomes[-1] == {"new"}


def test_a_reader_that_brings_the_old_one_back_does_not_stop_a_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, aside, times = filled(tmp_path / "target", "old"), folders._move_aside, []

    def disturbed(path: Path) -> None:
        aside(path)
        if len(times) < 2:
            times.append(path)
            recover(target)

    monkeypatch.setattr(folders, "_move_aside", disturbed)
    commit(filled(part_of(target), "new"), target)
    assert len(times) == 2
    assert texts(target) == {"new"}


def test_recover_takes_nothing_away(tmp_path: Path) -> None:
    recover(tmp_path / "nothing")
    assert list(tmp_path.iterdir()) == []
    filled(tmp_path / "target", "new")
    filled(tmp_path / "target.old", "old")
    recover(tmp_path / "target")
    assert texts(tmp_path / "target") == {"new"}


def test_a_target_that_is_a_link_is_replaced_where_it_leads(tmp_path: Path) -> None:
    disk = filled(tmp_path / "disk" / "words", "old")
    link = tmp_path / "words"
    link.symlink_to(disk)
    commit(filled(part_of(link), "new"), link)
    assert link.is_symlink() and texts(disk) == {"new"}
    assert [path.name for path in disk.parent.iterdir()] == ["words"]


def test_what_dead_processes_left_goes_and_what_living_ones_build_stays(tmp_path: Path) -> None:
    dead, own, other = (filled(tmp_path / f"words.part-{pid}-{HOST}", "x") for pid in (DEAD, os.getpid(), 1))
    (tmp_path / f"table.parquet.part-{DEAD}-{HOST}").touch()
    sweep(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([own, other])
    filled(dead, "x")
    assert list(part_of(tmp_path / "words").iterdir()) == []
    assert sorted(tmp_path.iterdir()) == sorted([own, other])


def test_what_another_machine_builds_has_a_week(tmp_path: Path) -> None:
    theirs, left = (filled(tmp_path / f"words.part-{pid}-node-7.cluster", "x") for pid in (DEAD, os.getpid()))
    os.utime(left, (0, 0))
    sweep(tmp_path)
    assert list(tmp_path.iterdir()) == [theirs]
    assert part_of(tmp_path / "words") != theirs and theirs.exists()


def test_a_lock_refuses_a_second_builder_by_name_and_ends_with_the_first(tmp_path: Path) -> None:
    code = (
        "import sys, time, pathlib; from str_pipelines.storage.folders import locked\n"
        "with locked(pathlib.Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", code, tmp_path / "step"], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None and holder.stdout.readline() == "held\n"
    with pytest.raises(RuntimeError, match=f"process {holder.pid} is building there"), locked(tmp_path / "step"):
        raise AssertionError("held twice")
    holder.kill()
    holder.wait()
    with locked(tmp_path / "step"):
        assert (tmp_path / "step.lock").read_text() == f"{os.getpid()} {HOST}"
        with pytest.raises(RuntimeError, match=f"process {os.getpid()} is"), locked(tmp_path / "step"):
            raise AssertionError("held twice")
        (tmp_path / "step.lock").write_text("12 node-7.cluster")
        with pytest.raises(RuntimeError, match=r"process 12 on node-7\.cluster is"), locked(tmp_path / "step"):
            raise AssertionError("held twice")


def test_link_tree_shares_files_and_copies_where_it_cannot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = filled(tmp_path / "source", "x")
    filled(source / "half.part-1", "x")
    link_tree(source, tmp_path / "linked")
    assert (tmp_path / "linked" / "b" / "c.txt").samefile(source / "b" / "c.txt")
    assert not (tmp_path / "linked" / "half.part-1").exists()

    def other_disk(*_: object) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", other_disk)
    link_tree(source, tmp_path / "copied")
    assert texts(tmp_path / "copied") == {"x"}
    assert not (tmp_path / "copied" / "a.txt").samefile(source / "a.txt")


def test_link_tree_never_writes_into_a_file_that_is_there(tmp_path: Path) -> None:
    source, target = filled(tmp_path / "source", "new"), filled(tmp_path / "target", "old")
    with pytest.raises(OSError, match="exists"):
        link_tree(source, target)
    assert texts(target) == {"old"}


def test_a_small_file_is_written_whole(tmp_path: Path) -> None:
    for data in (b"first", b"second"):
        write_whole(tmp_path / "manifest.json", data)
        assert (tmp_path / "manifest.json").read_bytes() == data
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="the super-user may write anywhere")
def test_without_leave_to_write_the_old_folder_stays(tmp_path: Path) -> None:
    target = filled(tmp_path / "there" / "target", "old")
    target.parent.chmod(0o500)
    with pytest.raises(PermissionError, match="there"):
        part_of(target)
    target.parent.chmod(0o700)
    assert texts(target) == {"old"}
