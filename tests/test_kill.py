"""Killed at any moment and started again, a step ends with what an uninterrupted one makes."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from str_pipelines.execution import Execution, run_shards
from str_pipelines.storage.verify import verify
from str_pipelines.storage.words import WordLmdb, WordWriter
from tests.making import write_slowly, write_words

ROOT = Path(__file__).parent.parent
COUNT, SIZE = 60, 5


def step(folder: Path, workers: int) -> WordLmdb:
    """Twelve shards of a tenth of a second."""
    (folder / "log").mkdir(exist_ok=True, parents=True)
    where = Execution(backend="processes" if workers > 1 else "serial", workers=workers, work=folder)
    work = partial(write_slowly, folder / "log", 0.1)
    return run_shards(WordLmdb, WordWriter, work, COUNT, SIZE, step="words", key="key", execution=where)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_step_that_is_killed_three_times_loses_and_doubles_nothing(tmp_path: Path, workers: int) -> None:
    rng, log = random.Random(workers), tmp_path / "killed" / "log"
    for kill in range(1, 4):
        command = [sys.executable, "-m", "tests.test_kill", tmp_path / "killed", str(workers)]
        process = subprocess.Popen(command, cwd=ROOT)
        while process.poll() is None and len(list(log.glob("*"))) < 3 * kill:
            time.sleep(0.01)
        time.sleep(rng.uniform(0, 0.1))
        assert process.poll() is None, "it was to be killed before its end"
        process.kill()
        process.wait()
    words = step(tmp_path / "killed", workers)
    with WordWriter(tmp_path / "whole") as writer:
        write_words(range(COUNT), writer)
        writer.finish()
    whole = WordLmdb.at(tmp_path / "whole")
    assert list(words) == list(whole)
    assert words.digest == whole.digest
    assert list(verify(words)) == []
    begun = [path.name.partition(".")[0] for path in log.iterdir()]
    assert len(begun) <= COUNT // SIZE + 3 * (workers + 1), "finished shards were not begun again"
    assert not list((tmp_path / "killed").rglob("*.part-*"))


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_a_synthesis_that_is_killed_loses_and_doubles_nothing(workers: int) -> None:
    command = [sys.executable, ROOT / "tools" / "kill.py", "--kills", "3", "--workers", str(workers)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 kills" in done.stdout and "0 lost, 0 doubled, 0 rounds with a fault" in done.stdout


if __name__ == "__main__":
    step(Path(sys.argv[1]), int(sys.argv[2]))
