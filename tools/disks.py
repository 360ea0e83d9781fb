"""File systems in memory that are as small as one wants; mounting them takes root."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A file system of this size (`8m`) at `folder`.

    Raises:
        PermissionError: nothing may be mounted here.
    """
    folder.mkdir(parents=True, exist_ok=True)
    mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def remount(folder: Path, options: str) -> None:
    """Change what is mounted there: `ro`, `rw`, `size=4m`."""
    mount("-o", f"remount,{options}", folder)


def mount(*words: str | Path) -> None:
    """Call `mount`.

    Raises:
        PermissionError: it does not want to, or there is none.
    """
    try:
        done = subprocess.run(["mount", *words], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise PermissionError("there is no `mount`") from None
    if done.returncode:
        raise PermissionError(f"no file system may be mounted here: {done.stderr.strip()}")


def used(folder: Path) -> int:
    """Bytes in use on the disk of a folder."""
    disk = os.statvfs(folder)
    return (disk.f_blocks - disk.f_bfree) * disk.f_frsize


def unmountable(folder: Path) -> str:
    """Why nothing may be mounted at a folder, or ""."""
    try:
        with small_disk(folder, "1m"):
            return ""
    except PermissionError as error:
        return str(error)
