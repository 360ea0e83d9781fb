"""Workers of a Dask cluster make what one process makes, die without a loss, and say who is not there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("distributed", reason="Dask is not installed: pip install '.[dask]'")

from str_pipelines import cluster
from str_pipelines.execution import Execution, run_shards
from str_pipelines.storage.verify import verify
from str_pipelines.storage.words import WordLmdb, WordWriter
from tests.making import fail_at, sharded_words, write_slowly
from tests.test_execution import PARENT, begun, names, wait_for

ROOT = Path(__file__).parent.parent
COUNT, SIZE = 24, 4
Processes = dict[str, subprocess.Popen[bytes]]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the scheduler says its address."""
    return tmp_path_factory.mktemp("cluster") / "scheduler.json"


@pytest.fixture(scope="module")
def processes(file: Path) -> Iterator[Processes]:
    """A scheduler and two workers, each a process tree of its own, which do not stand in the folder of the project."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "OMP_NUM_THREADS": "1"}
    started: Processes = {}
    for name in ("scheduler", "worker 1", "worker 2"):
        more = (
            ["--nthreads=1", "--no-nanny", f"--name={name}"] if "worker" in name else ["--port=0", "--host=127.0.0.1"]
        )
        command = [sys.executable, "-m", "dask", name.split()[0], f"--scheduler-file={file}", "--no-dashboard", *more]
        with (file.parent / f"{name}.log").open("wb") as log:
            started[name] = subprocess.Popen(
                command, cwd=file.parent, env=environment, stdout=log, stderr=log, start_new_session=True
            )
    yield started
    for process in started.values():
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def run(file: Path, folder: Path, work: Any, backend: str = "dask") -> WordLmdb:
    where = Execution(backend=backend, work=folder, scheduler=str(file))
    return run_shards(WordLmdb, WordWriter, work, COUNT, SIZE, step="words", key="key", execution=where)


def log_of(folder: Path) -> Path:
    (folder / "log").mkdir(parents=True)
    return folder / "log"


def test_two_workers_make_what_one_process_makes(
    tmp_path: Path, file: Path, processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = log_of(tmp_path)
    monkeypatch.chdir(tmp_path)
    words = run(file, Path("work"), partial(write_slowly, log, 0.3))
    assert words.digest == sharded_words(tmp_path / "serial", COUNT, SIZE).digest
    assert list(verify(words)) == []
    assert {path.suffix for path in log.iterdir()} == {f".{processes[f'worker {n}'].pid}" for n in (1, 2)}
    assert not list(tmp_path.rglob("*.part-*"))


def test_a_failure_comes_from_the_worker_and_what_is_done_stays(
    tmp_path: Path, file: Path, processes: Processes
) -> None:
    with pytest.raises(LookupError, match="item 5 cannot be done"):
        run(file, tmp_path, partial(fail_at_once, 5))
    assert not WordLmdb.exists(tmp_path / "words" / "key")
    assert run(file, tmp_path, partial(write_slowly, log_of(tmp_path), 0.0)).digest == serial_digest(tmp_path)


def fail_at_once(number: int, span: range, writer: WordWriter) -> None:
    """As `fail_at`, and nobody sleeps."""
    fail_at(number if number in span else COUNT, span, writer)


def serial_digest(folder: Path) -> str:
    return sharded_words(folder / "serial", COUNT, SIZE).digest


def test_ctrl_c_ends_the_command_and_the_next_goes_on(tmp_path: Path, file: Path, processes: Processes) -> None:
    log = log_of(tmp_path)
    (tmp_path / "parent.py").write_text(
        PARENT.replace('"processes" if workers > 1 else "serial"', '"dask", scheduler=sys.argv[4]').replace(
            "60.0", "1.0"
        )
    )
    command = [sys.executable, tmp_path / "parent.py", tmp_path, ROOT, "2", file]
    parent = subprocess.Popen([*map(str, command)])
    wait_for(lambda: len(begun(log)) == 2)
    parent.send_signal(signal.SIGINT)
    assert wait_for(lambda: parent.poll() is not None, 5) < 5
    assert parent.returncode == -signal.SIGINT
    assert not WordLmdb.exists(tmp_path / "words" / "key")
    wait_for(lambda: len([name for name in names(tmp_path) if ".part-" not in name]) == 2, 5)
    time.sleep(0.3)
    assert len(begun(log)) == 2, "the workers were given nothing more"
    assert run(file, tmp_path, partial(write_slowly, log, 0.0)).digest == serial_digest(tmp_path)
    assert begun(log) == list(range(0, COUNT, SIZE)), "what they had brought to its end was not done again"


def test_workers_that_are_killed_and_a_scheduler_that_is_gone_cost_nothing(
    tmp_path: Path, file: Path, processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 1.0)
    log, killed = log_of(tmp_path), []

    def kill_one(*_: object) -> None:
        """When a shard is done, the process that is at another one."""
        at_work = {int(path.suffix[1:]) for path in log.iterdir() if path.stem not in done_in(tmp_path)}
        victim = next(process for process in processes.values() if process.pid in at_work)
        stop(victim)
        killed.append(victim.pid)

    with monkeypatch.context() as patched:
        patched.setattr("tqdm.tqdm.update", lambda self, size: kill_one() if not killed else None)
        assert run(file, tmp_path, partial(write_slowly, log, 0.3)).digest == serial_digest(tmp_path)
    assert killed and not list((tmp_path / "words").rglob("*.part-*"))
    with monkeypatch.context() as patched:
        patched.setattr("tqdm.tqdm.update", lambda self, size: [stop(processes[f"worker {n}"]) for n in (1, 2)])
        with pytest.raises(RuntimeError, match="no workers; start some .* the same command goes on"):
            run(file, tmp_path / "second", partial(write_slowly, log_of(tmp_path / "second"), 0.0))
    stop(processes["scheduler"])
    with pytest.raises(ConnectionError, match="no Dask scheduler answers at .*scheduler.json"):
        run(file, tmp_path / "second", partial(write_slowly, tmp_path / "second" / "log", 0.0))
    assert len(names(tmp_path / "second")) >= 1
    words = run(file, tmp_path / "second", partial(write_slowly, tmp_path / "second" / "log", 0.0), "serial")
    assert words.digest == serial_digest(tmp_path)


def done_in(folder: Path) -> set[str]:
    return {str(int(name.split("-")[1])) for name in names(folder) if ".part-" not in name}


def test_dask_without_a_scheduler_is_refused() -> None:
    with pytest.raises(ValueError, match="backend dask wants the scheduler"):
        Execution(backend="dask")
