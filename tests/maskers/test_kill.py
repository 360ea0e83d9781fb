"""Killed at random moments and started again, masks end as if nobody had killed them."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from str_pipelines.execution import Execution
from str_pipelines.maskers.kmeans import KMeans
from str_pipelines.maskers.params import MaskParams
from str_pipelines.maskers.step import mask_words
from str_pipelines.storage.masks import MaskLmdb
from str_pipelines.storage.verify import verify
from str_pipelines.storage.words import WordLmdb, WordWriter
from tests.maskers.conftest import word

ROOT = Path(__file__).parents[2]
COUNT, SHARD = 3000, 50
PICTURES = [word(number) for number in range(40)]


def step(words: Path, work: Path, workers: int) -> MaskLmdb:
    where = Execution(backend="processes" if workers > 1 else "serial", workers=workers, work=work)
    return mask_words(WordLmdb.at(words), KMeans(), MaskParams(shard_size=SHARD), where)


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """Three thousand words, the same forty again and again under other names."""
    with WordWriter(tmp_path / "words") as writer:
        for number in range(COUNT):
            one = PICTURES[number % len(PICTURES)]
            writer.add(type(one)(f"set/{number}", one.image, one.label, one.size, one.source))
        writer.finish()
    return tmp_path / "words"


def kill_and_finish(stored: Path, work: Path, kills: int, workers: int) -> tuple[MaskLmdb, int]:
    """The masks after so many kills, and how many of them came while shards were being made."""
    rng, during = random.Random(workers), 0
    for _ in range(kills):
        command = [sys.executable, "-m", "tests.maskers.test_kill", stored, work, str(workers)]
        process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
        before, deadline = finished(work), time.monotonic() + 60
        while process.poll() is None and finished(work) == before and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(rng.uniform(0, 0.03))
        during += process.poll() is None
        process.kill()
        process.wait()
    return step(stored, work, workers), during


def finished(work: Path) -> int:
    return len(list(work.glob("masks.make/*/items-*/manifest.json")))


def check(stored: Path, work: Path, kills: int, workers: int) -> None:
    masks, during = kill_and_finish(stored, work, kills, workers)
    whole = step(stored, work.with_name("whole"), 1)
    assert during, "none of them came while there was something to kill"
    assert masks.digest == whole.digest and [mask.id for mask in masks] == [f"set/{n}" for n in range(COUNT)]
    assert not list(verify(masks)) and not list(work.rglob("*.part-*"))
    masks.require(WordLmdb.at(stored))


def test_three_kills_lose_and_double_nothing(stored: Path, tmp_path: Path) -> None:
    check(stored, tmp_path / "killed", 3, 2)


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_twenty_five_kills_lose_and_double_nothing(stored: Path, tmp_path: Path, workers: int) -> None:
    check(stored, tmp_path / "killed", 25, workers)


if __name__ == "__main__":
    step(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
