"""How long something takes by the clock, and what processors do for it here and in workers."""

from __future__ import annotations

import os
import resource
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeVar

T = TypeVar("T")


class Taken(NamedTuple):
    """Seconds by the clock, and of processors: here, with whatever parses for us, and in workers."""

    clock: float
    own: float
    workers: float

    def on_free_cores(self, workers: int) -> float:
        """Seconds on a machine that has nothing else to do and a core for each worker."""
        return self.own + self.workers / workers


def timed(build: Callable[[Path], T], folder: Path) -> tuple[Taken, T]:
    """What it takes to build something in a new folder, which is removed; before, the disk has written what it had to.

    The folder is still there when the clock is stopped, so that its removal does not count.
    """
    folder.mkdir()
    os.sync()
    start, own, workers = time.perf_counter(), _own(), _of_workers()
    made = build(folder)
    taken = Taken(time.perf_counter() - start, _own() - own, _of_workers() - workers)
    shutil.rmtree(folder)
    return taken, made


def _own() -> float:
    """Seconds of this process, and of children of its own that have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


def _of_workers() -> float:
    """Seconds of all workers that have ended: children of the one that is forked, which is a child of ours."""
    found = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    fields = [Path("/proc", child, "stat").read_text().rpartition(") ")[2].split() for child in found]
    return sum(int(each[13]) + int(each[14]) for each in fields) / os.sysconf("SC_CLK_TCK")
