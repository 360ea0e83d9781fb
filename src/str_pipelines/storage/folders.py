"""Folders that appear whole or not at all: build beside the place, sync, rename."""

from __future__ import annotations

import errno
import fcntl
import glob
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import gethostname

HOST = gethostname()
WEEK = 7 * 24 * 3600
"""Seconds after which what another machine has begun, and nobody here can ask after, counts as left."""


def sync(path: Path) -> None:
    """Make what a file or folder holds survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, data: bytes) -> None:
    """Write a small file so that its name never stands for half of it."""
    part = own_part(path)
    part.write_bytes(data)
    put_in_place(part, path)


def own_part(target: Path) -> Path:
    """The place beside `target` where this process builds it; the name tells which process that is, and where."""
    return target.with_name(f"{target.name}.part-{os.getpid()}-{HOST}")


def put_in_place(part: Path, path: Path) -> None:
    """Give a finished file its name, in the place of the one that may have it now."""
    sync(part)
    part.replace(path)
    sync(path.parent)


def part_of(target: Path) -> Path:
    """A fresh folder beside `target` in which this process builds it.

    What dead processes of this machine left of earlier attempts at `target` goes.
    """
    target = _real(target)
    part = own_part(target)
    shutil.rmtree(part, ignore_errors=True)
    _remove_dead(target.parent.glob(f"{glob.escape(target.name)}.part-*"))
    part.mkdir(parents=True)
    return part


def commit(part: Path, target: Path) -> None:
    """Put `part` where `target` is: the old one aside, the new one in, the old one removed.

    Killed between the two renames, the old folder is found again by `recover`.
    """
    target = _real(target)
    for file in sorted(part.rglob("*")):
        sync(file)
    sync(part)
    while not _renamed(part, target):
        _move_aside(target)
    sync(target.parent)
    shutil.rmtree(_old(target), ignore_errors=True)


def recover(target: Path) -> None:
    """Bring back the folder that a killed `commit` had moved aside, if nothing has taken its place."""
    target = _real(target)
    if not target.exists():
        with suppress(OSError):  # there was none; or somebody else was quicker
            _old(target).rename(target)


def sweep(folder: Path) -> None:
    """Remove what killed processes of this machine left half-built directly in `folder`. The caller holds its lock."""
    _remove_dead(folder.glob("*.part-*"))


def link_tree(source: Path, target: Path) -> None:
    """The files of `source` under `target` too: as hard links, or as copies on another file system.

    Nothing here changes a committed file in place, so two names for one file are safe and cost no space.
    """
    shutil.copytree(source, target, copy_function=_link, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.part-*"))


@contextmanager
def locked(folder: Path, wait: bool = False) -> Iterator[None]:
    """Hold `folder` for this process; it is created if need be. The lock goes with the process, however it ends.

    With `wait`, only once the process that holds it now is done.

    Raises:
        RuntimeError: another process builds there; its process id is named, and its machine where that is another one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder.with_name(folder.name + ".lock")
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            file.seek(0)
            process, _, host = file.read().strip().partition(" ")
            owner = f"{process or 'unknown'} on {host}" if host not in ("", HOST) else process or "unknown"
            raise RuntimeError(f"{folder}: process {owner} is building there now; wait for it or stop it") from None
        file.truncate(0)
        file.write(f"{os.getpid()} {HOST}")
        file.flush()
        yield


def _real(target: Path) -> Path:
    """Where a target that is a link to another disk really lies: renames do not cross file systems."""
    return Path(os.path.realpath(target))


def _old(target: Path) -> Path:
    return target.with_name(target.name + ".old")


def _renamed(part: Path, target: Path) -> bool:
    try:
        part.rename(target)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            return False
        raise
    return True


def _move_aside(target: Path) -> None:
    shutil.rmtree(_old(target), ignore_errors=True)
    with suppress(FileNotFoundError):
        target.rename(_old(target))


def _remove_dead(parts: Iterator[Path]) -> None:
    for part in parts:
        if not _lives(part):
            shutil.rmtree(part, ignore_errors=True) if part.is_dir() else part.unlink(missing_ok=True)


def _lives(part: Path) -> bool:
    """Whether the process lives that a part is called after; one on another machine has a week."""
    process, _, host = part.name.rpartition(".part-")[2].partition("-")
    if host not in ("", HOST):
        with suppress(FileNotFoundError):
            return time.time() - part.stat().st_mtime < WEEK
        return True
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        pass
    return True


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        shutil.copy2(source, target)
