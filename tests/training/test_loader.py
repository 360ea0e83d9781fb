"""Any number of workers gives the same batches; workers end with who asked for them, and say what went wrong."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pytest
from numpy.typing import NDArray

from str_pipelines.training.loader import load
from str_pipelines.training.order import batch_stream

GROUPS = np.arange(40) % 3


@dataclass(frozen=True)
class Noise:
    """A sample is noise that depends on epoch and index alone, and the process that made it; `bad` cannot be made."""

    bad: int = -1

    def sample(self, epoch: int, index: int) -> tuple[NDArray[np.uint8], int]:
        if index == self.bad:
            raise ValueError(f"sample {index} is broken")
        return np.random.default_rng((epoch, index)).integers(0, 256, (4, 4, 3), np.uint8), os.getpid()


def test_two_workers_give_what_none_gives_and_end_when_the_consumer_stops_early() -> None:
    alone = load(Noise(), batch_stream(GROUPS, 8, 1), 0)
    shared = load(Noise(), batch_stream(GROUPS, 8, 1), 2)
    pids = set()
    for ours, theirs in islice(zip(alone, shared, strict=True), 12):
        assert [picture.tobytes() for picture, _ in ours] == [picture.tobytes() for picture, _ in theirs]
        assert {pid for _, pid in ours} == {os.getpid()}
        pids |= {pid for _, pid in theirs}
    assert len(pids) == 2 and os.getpid() not in pids
    shared.close()
    _wait_until_gone()


def test_what_a_sample_raises_is_raised_with_its_text_and_leaves_no_process() -> None:
    with pytest.raises(ValueError, match="sample 5 is broken"):
        list(islice(load(Noise(bad=5), batch_stream(GROUPS, 8, 1), 1), 10))
    _wait_until_gone()


def test_a_killed_worker_is_an_error_and_not_a_wait() -> None:
    batches = load(Noise(), batch_stream(GROUPS, 8, 1), 1)
    [(_, pid), *_] = next(batches)
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(RuntimeError, match="exited unexpectedly|killed"):
        list(islice(batches, 1000))
    _wait_until_gone()


def test_a_stream_that_ends_ends_the_batches() -> None:
    stream = islice(batch_stream(GROUPS, 8, 1), 3)
    assert len(list(load(Noise(), stream, 0))) == 3


def _wait_until_gone(seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while multiprocessing.active_children() and time.monotonic() < end:
        time.sleep(0.05)
    assert not multiprocessing.active_children()
