"""File systems that are small, or that nobody may write to: as root even `chmod` forbids nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tools import disks

Resize = Callable[[str], None]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MiB."""
    try:
        with disks.small_disk(tmp_path / "disk", "8m") as disk:
            yield disk
    except PermissionError as error:
        pytest.skip(str(error))


@pytest.fixture
def remount(disk: Path) -> Resize:
    """Change the disk: `ro`, `rw`, `size=4m`."""
    return partial(disks.remount, disk)


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
