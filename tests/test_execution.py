"""Steps go on where they stopped, give the same for any number of workers, and stop at once with nobody left behind."""

from __future__ import annotations

import logging
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from str_pipelines.execution import Execution, build_table, run_shards, step_folder
from str_pipelines.storage.verify import verify
from str_pipelines.storage.words import WordLmdb, WordWriter
from tests.making import die_at, fail_at, sharded_words, word, write_slowly, write_words

COUNT, SIZE = 24, 4
Work = Callable[[range, WordWriter], None]


def run(folder: Path, work: Work = write_words, count: int = COUNT, **execution: Any) -> WordLmdb:
    where = Execution(**{"backend": "serial", "work": folder, **execution})
    return run_shards(WordLmdb, WordWriter, work, count, SIZE, step="words", key="key", execution=where)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "words" / "key").iterdir())


def begun(log: Path) -> list[int]:
    """Where the shards start that a `write_slowly` has begun."""
    return sorted(int(path.name.partition(".")[0]) for path in log.iterdir())


def alive(pid: int) -> bool:
    """Whether a process runs; one that is dead and not yet collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_for(condition: Callable[[], object], seconds: float = 30) -> float:
    """Seconds until the condition holds."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < seconds, "waited in vain"
        time.sleep(0.02)
    return time.monotonic() - started


def test_one_worker_and_several_make_the_same(tmp_path: Path) -> None:
    serial, spread = run(tmp_path / "a"), run(tmp_path / "b", backend="processes", workers=2)
    assert serial.digest == spread.digest
    assert list(serial) == list(spread) == [word(number) for number in range(COUNT) if number % 7 != 6]
    assert list(verify(spread)) == []


def test_the_same_again_finds_the_step_done(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    log = tmp_path / "log"
    log.mkdir()
    with caplog.at_level(logging.INFO):
        first, again = (run(tmp_path, partial(write_slowly, log, 0.0)) for _ in range(2))
    assert first == again
    assert begun(log) == list(range(0, COUNT, SIZE))
    assert "words: found done under work key key" in caplog.text


def test_what_failed_goes_on_where_it_stopped(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    log = tmp_path / "log"
    log.mkdir()
    with pytest.raises(LookupError, match="item 13 cannot be done"):
        run(tmp_path, partial(fail_at, 13))
    assert names(tmp_path) == [f"items-{start:09d}-{start + SIZE:09d}" for start in (0, 4, 8)]
    with caplog.at_level(logging.INFO):
        words = run(tmp_path, partial(write_slowly, log, 0.0))
    assert begun(log) == [12, 16, 20]
    assert "words: going on, 3 of 6 shards are there" in caplog.text
    assert words.digest == run(tmp_path / "uninterrupted").digest


def test_a_failure_surfaces_with_its_cause_and_stops_the_others_at_once(tmp_path: Path) -> None:
    started = time.monotonic()
    with pytest.raises(LookupError, match="item 2 cannot be done") as caught:
        run(tmp_path, partial(fail_at, 2), backend="processes", workers=2)
    assert time.monotonic() - started < 15, "the others would have slept for 30 s"
    assert "in fail_at" in str(caught.value.__cause__)
    assert f"items-{0:09d}-{SIZE:09d}" not in names(tmp_path)
    assert not WordLmdb.exists(tmp_path / "words" / "key")
    assert run(tmp_path).digest == run(tmp_path / "uninterrupted").digest


def test_a_worker_that_is_killed_is_not_waited_for(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="a worker was killed .* the same command goes on"):
        run(tmp_path, partial(die_at, 9), backend="processes", workers=2)
    words = run(tmp_path, backend="processes", workers=2)
    assert words.digest == run(tmp_path / "uninterrupted").digest
    assert not [name for name in names(tmp_path) if ".part-" in name]


def test_a_damaged_shard_is_made_again(tmp_path: Path) -> None:
    words = run(tmp_path)
    with (words.folders()[2] / "data.mdb").open("r+b") as file:
        file.truncate(8192)
    (words.folders()[4] / "manifest.json").unlink()
    log = tmp_path / "log"
    log.mkdir()
    assert run(tmp_path, partial(write_slowly, log, 0.0)).digest == words.digest
    assert begun(log) == [8, 16]
    assert list(verify(words)) == []


def test_another_size_of_shard_under_the_same_key_leaves_no_rest(tmp_path: Path) -> None:
    with pytest.raises(LookupError):
        run(tmp_path, partial(fail_at, 13))
    words = sharded_words(tmp_path, count=COUNT, size=10)
    assert words.digest == run(tmp_path / "uninterrupted").digest
    assert [folder.name for folder in words.folders()] == [name for name in names(tmp_path) if "items" in name]


def test_an_empty_step_is_done_at_once(tmp_path: Path) -> None:
    assert len(run(tmp_path, count=0, backend="processes")) == 0


def test_a_step_is_held_by_one_process(tmp_path: Path) -> None:
    where = Execution(work=tmp_path)
    with step_folder(where, "words", "key"), pytest.raises(RuntimeError, match=f"process {os.getpid()} is building"):
        run(tmp_path)


def test_a_table_is_built_once_and_again_where_it_is_damaged(tmp_path: Path) -> None:
    calls: list[int] = []

    def rows() -> Iterator[Mapping[str, Any]]:
        calls.append(1)
        yield from ({"n": number} for number in range(5))

    def build() -> Any:
        return build_table(rows, step="table", key="key", execution=Execution(work=tmp_path))

    first = build()
    assert (build(), first.rows, len(calls)) == (first, 5, 1)
    first.path.write_bytes(b"cut")
    assert (build(), len(calls)) == (first, 2)


def test_execution_can_be_pickled_and_refuses_what_it_does_not_know() -> None:
    where = Execution(workers=3)
    assert pickle.loads(pickle.dumps(where)) == where  # noqa: S301
    for wrong in ({"workers": 0}, {"backend": "threads"}, {"more": 1}):
        with pytest.raises(ValueError, match="validation error"):
            Execution(**wrong)
    with pytest.raises(ValueError, match="there is no 'wrokers'; did you mean 'workers'"):
        Execution(**{"wrokers": 3})


PARENT = """
import signal, sys
from functools import partial
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from str_pipelines.execution import Execution, run_shards
from str_pipelines.storage.words import WordLmdb, WordWriter
from tests.making import write_slowly

if __name__ == "__main__":
    folder, workers = Path(sys.argv[1]), int(sys.argv[3])
    signal.signal(signal.SIGUSR1, lambda *_: sys.exit(7))
    where = Execution(backend="processes" if workers > 1 else "serial", workers=workers, work=folder)
    work = partial(write_slowly, folder / "log", 60.0)
    run_shards(WordLmdb, WordWriter, work, 24, 4, step="words", key="key", execution=where)
"""


@pytest.fixture
def parent(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    """A process with shards of a minute under way on its workers."""
    (tmp_path / "log").mkdir()
    (tmp_path / "parent.py").write_text(PARENT)
    root, workers = Path(__file__).parent.parent, getattr(request, "param", 2)
    command = [sys.executable, tmp_path / "parent.py", tmp_path, root, str(workers)]
    process = subprocess.Popen([*map(str, command)], stderr=subprocess.PIPE, text=True)
    try:
        wait_for(lambda: len(list((tmp_path / "log").iterdir())) == workers)
        yield process
    finally:
        process.kill()
        process.wait()


def workers_of(log: Path) -> list[int]:
    return [int(path.name.partition(".")[2]) for path in log.iterdir()]


def test_workers_die_with_their_parent(tmp_path: Path, parent: subprocess.Popen[str]) -> None:
    workers = workers_of(tmp_path / "log")
    assert len(set(workers)) == 2 and all(map(alive, workers))
    parent.kill()
    assert wait_for(lambda: not any(map(alive, workers)), 2) < 2


@pytest.mark.parametrize("parent", [1, 2], indirect=True)
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, -signal.SIGINT), (signal.SIGTERM, -signal.SIGTERM), (signal.SIGUSR1, 7)]
)
def test_a_signal_stops_everything_promptly(
    tmp_path: Path, parent: subprocess.Popen[str], number: signal.Signals, code: int
) -> None:
    """Ctrl-C, a signal that ends Python on the spot, and one that a handler makes a SystemExit, as `kedro run` does."""
    workers = workers_of(tmp_path / "log")
    parent.send_signal(number)
    assert wait_for(lambda: parent.poll() is not None, 5) < 5
    assert wait_for(lambda: not any(map(alive, workers)), 2) < 2
    assert parent.returncode == code
    assert parent.stderr is not None and "BrokenProcessPool" not in parent.stderr.read()
    assert not [name for name in names(tmp_path) if ".part-" not in name], "nothing half-written is taken for whole"
    assert run(tmp_path).digest == run(tmp_path / "uninterrupted").digest
