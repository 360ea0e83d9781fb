"""Folders that appear whole or not at all: build beside the place, sync, rename."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def sync(path: Path) -> None:
    """Make what a file or folder holds survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, data: bytes) -> None:
    """Write a small file so that its name never stands for half of it."""
    part = path.with_name(f"{path.name}.part-{os.getpid()}")
    part.write_bytes(data)
    sync(part)
    part.replace(path)
    sync(path.parent)


def part_of(target: Path) -> Path:
    """A fresh folder beside `target` in which this process builds it; the name tells whose it is."""
    part = target.with_name(f"{target.name}.part-{os.getpid()}")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    return part


def commit(part: Path, target: Path) -> None:
    """Put `part` where `target` is: the old one aside, the new one in, the old one removed.

    Killed between the two renames, the old folder is found again by `recover`.
    """
    for file in sorted(part.rglob("*")):
        sync(file)
    sync(part)
    old = _old(target)
    if target.exists():
        shutil.rmtree(old, ignore_errors=True)
        target.rename(old)
    part.rename(target)
    sync(target.parent)
    shutil.rmtree(old, ignore_errors=True)


def recover(target: Path) -> None:
    """Bring back the folder that a killed `commit` had moved aside, if nothing has taken its place."""
    old = _old(target)
    if old.exists() and not target.exists():
        old.rename(target)


def sweep(folder: Path) -> None:
    """Remove what killed processes left half-built directly in `folder`. The caller holds its lock."""
    for part in folder.glob("*.part-*"):
        shutil.rmtree(part, ignore_errors=True) if part.is_dir() else part.unlink(missing_ok=True)


def link_tree(source: Path, target: Path) -> None:
    """The files of `source` under `target` too: as hard links, or as copies on another file system.

    Nothing here changes a committed file in place, so two names for one file are safe and cost no space.
    """
    shutil.copytree(source, target, copy_function=_link, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.part-*"))


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold `folder` for this process; it is created if need be. The lock goes with the process, however it ends.

    Raises:
        RuntimeError: another process builds there; its process id is named.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder.with_name(folder.name + ".lock")
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            owner = file.read().strip() or "unknown"
            raise RuntimeError(f"{folder}: process {owner} is building there now; wait for it or stop it") from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _old(target: Path) -> Path:
    return target.with_name(target.name + ".old")


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
