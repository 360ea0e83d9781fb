from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from str_pipelines.recognizers import timing
from str_pipelines.recognizers.timing import measure

IMAGES = [np.full((8, width, 3), 9, np.uint8) for width in (20, 30, 40)]


class Sleeper:
    """Takes 2 ms a call and 1 ms a word, and no CPU."""

    digest = "sleeper"

    def __init__(self) -> None:
        self.calls: list[int] = []

    def read(self, images: Sequence[NDArray[np.uint8]]) -> list[tuple[str, float]]:
        self.calls.append(len(images))
        time.sleep(0.002 + 0.001 * len(images))
        return [("", 0.0)] * len(images)


class Worker(Sleeper):
    """Counts for some 20 ms a word."""

    def read(self, images: Sequence[NDArray[np.uint8]]) -> list[tuple[str, float]]:
        end = time.process_time() + 0.02 * len(images)
        while time.process_time() < end:
            pass
        return [("", 0.0)] * len(images)


def test_a_call_of_one_and_a_call_of_many() -> None:
    reader = Sleeper()
    found = measure(reader, IMAGES)
    assert set(reader.calls) == {1, 32}
    assert found.batches.keys() == {"batch_1", "batch_32"}
    one, many = found.batches["batch_1"], found.batches["batch_32"]
    assert one["latency_ms"] >= 3 and many["latency_ms"] >= 34
    assert one["words_per_second"] < 340 and many["words_per_second"] < 950
    assert one["calls"] == reader.calls.count(1) - 1  # the first warms up
    assert found.machine


def test_slow_readers_are_asked_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "SECONDS", 0.0)
    assert {batch["calls"] for batch in measure(Sleeper(), IMAGES).batches.values()} == {2}


def test_work_is_told_from_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "SECONDS", 0.2)
    assert measure(Sleeper(), IMAGES).batches["batch_32"]["cpu_ms"] < 2
    busy = measure(Worker(), IMAGES).batches["batch_32"]
    assert busy["cpu_ms"] == pytest.approx(20, rel=0.2) and busy["threads"] == 1
