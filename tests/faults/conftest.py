"""File systems that are small, or that nobody may write to: as root even `chmod` forbids nothing."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Resize = Callable[[str], None]


def mount(*words: str | Path) -> None:
    """Call `mount`, or skip the test where that is not allowed."""
    done = subprocess.run(["mount", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no file system may be mounted here: {done.stderr.strip()}")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    try:
        mount("-t", "tmpfs", "-o", "size=8m", "tmpfs", folder)
    except FileNotFoundError:
        pytest.skip("there is no `mount`")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def remount(disk: Path) -> Resize:
    """Change the disk: `ro`, `rw`, `size=4m`."""
    return lambda options: mount("-o", f"remount,{options}", disk)


def fill(disk: Path) -> Path:
    """A file that takes all the room that there is."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue
    return ballast
