"""How long a reader takes: one word a call, and many, in this process, decoding not counted."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray

from str_pipelines.recognizers.reader import Reader

BATCHES = (1, 32)
CALLS, SECONDS = 50, 4.0  # a batch size is measured until one of the two is reached, and twice at least


@dataclass(frozen=True)
class Timing:
    """Figures by `batch_<size>`, and the machine that they were taken on.

    `calls`; `latency_ms` of a call (median); `words_per_second`; `cpu_ms` a word, over all threads, which a busy
    machine changes least; `threads` that were at work.
    """

    batches: Mapping[str, Mapping[str, float]]
    machine: str


def measure(reader: Reader, images: Sequence[NDArray[np.uint8]]) -> Timing:
    """How long a reader takes for these images, in this process.

    Args:
        images: (H, W, 3) uint8 of any sizes, at least one, none that the reader refuses; taken in turn.
    """
    batches = {f"batch_{size}": _measured(reader, images, size) for size in BATCHES}
    return Timing(batches, f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}")


def _measured(reader: Reader, images: Sequence[NDArray[np.uint8]], size: int) -> dict[str, float]:
    endless = cycle(images)
    reader.read(list(islice(endless, size)))  # the first call allocates
    taken: list[float] = []
    before = _thread_times()
    while len(taken) < 2 or (len(taken) < CALLS and sum(taken) < SECONDS):
        batch = list(islice(endless, size))
        begun = time.perf_counter()
        reader.read(batch)
        taken.append(time.perf_counter() - begun)
    busy = [now - before.get(thread, 0.0) for thread, now in _thread_times().items()]
    words = size * len(taken)
    return {
        "calls": len(taken),
        "latency_ms": 1000 * median(taken),
        "words_per_second": words / sum(taken),
        "cpu_ms": 1000 * sum(busy) / words,
        "threads": sum(share > max(busy) / 10 for share in busy),
    }


def _thread_times() -> dict[str, float]:
    """CPU seconds of each thread of this process, to a hundredth; elsewhere than on Linux all of it as one."""
    tick = os.sysconf("SC_CLK_TCK")
    times = {}
    for stat in Path("/proc/self/task").glob("*/stat"):
        with suppress(OSError):  # the thread has just ended
            fields = stat.read_text().rpartition(")")[2].split()
            times[stat.parent.name] = (int(fields[11]) + int(fields[12])) / tick
    return times or {"all": time.process_time()}


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:  # not Linux
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown processor"
