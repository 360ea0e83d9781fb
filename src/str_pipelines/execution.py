"""Run the shards of a step, here, on several processes or machines, and go on where a killed run stopped.

A step has a folder named by its work key; a shard is a range of the input and a folder in there, finished by a rename.
What a shard holds depends on its range alone, so the number of workers never shows in the result.
"""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path
from threading import Thread
from typing import Any, Literal, Self, TypeVar

from pydantic import Field, model_validator

from str_pipelines.params import Params
from str_pipelines.records import Table
from str_pipelines.storage.folders import commit, locked, part_of, sweep
from str_pipelines.storage.handles import Handle
from str_pipelines.storage.manifests import Manifest, Part, read_manifest, whole, write_manifest
from str_pipelines.storage.shards import ShardWriter
from str_pipelines.storage.tables import write_table

logger = logging.getLogger(__name__)
H = TypeVar("H", bound=Handle)
W = TypeVar("W", bound=ShardWriter)
Task = Callable[[Path, range], int]
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"), "1"
)
SLOW_TO_IMPORT = ("cv2", "lmdb", "numpy", "pandas", "PIL.Image", "pyarrow.pandas_compat", "pyarrow.parquet")
COMMAND = "kedro.framework.cli"


class Execution(Params):
    """Where and how wide a step runs. Nothing here changes a result.

    `work` is the folder in which steps keep what they have done; it may be deleted whenever nothing runs. `workers` are
    those of `processes`. `dask` runs on whatever workers the `scheduler` has: its address, tcp://HOST:8786, or the file
    that `dask scheduler --scheduler-file` writes (docs/many_machines.md).
    """

    backend: Literal["serial", "processes", "dask"] = "processes"
    workers: int = Field(default=2, ge=1)
    work: Path = Path("data/work")
    scheduler: str = ""

    @model_validator(mode="after")
    def _scheduled(self) -> Self:
        if self.backend == "dask" and not self.scheduler:
            raise ValueError("backend dask wants the scheduler: execution.scheduler=tcp://HOST:8786, or its file")
        return self


@contextmanager
def step_folder(execution: Execution, step: str, key: str, wait: bool = False) -> Iterator[Path]:
    """The folder of this step under this work key, held for this process, freed of half-built remains.

    `wait`: first until another process that holds it is done, rather than refuse.
    """
    folder = execution.work / step / key
    with locked(folder, wait):
        sweep(folder)
        yield folder


def run_shards(
    handle: type[H],
    writer: type[W],
    work: Callable[[range, W], None],
    count: int,
    size: int,
    *,
    step: str,
    key: str,
    execution: Execution,
    made: Mapping[str, Any] | None = None,
) -> H:
    """Build a sharded set of what `work` makes of 0 … count-1.

    Args:
        handle, writer: `WordLmdb` and `WordWriter`, or the like.
        work: called with a range and the writer of its shard; picklable, and a pure function of the range.
        count, size: how many items there are and how many a shard takes.
        step, key: names of the folder under `execution.work`.
        made: what the manifest shall say of how it was made.

    Returns:
        The handle on the folder of the step. What was finished before is not done again.

    Raises:
        RuntimeError: another process works on this step, or a worker was killed, of a cluster several.
        ConnectionError: the cluster's scheduler does not answer.
        Exception: what `work` raised, the other workers stopped; finished shards stay.
    """
    with step_folder(execution, step, key) as folder:
        if handle.exists(folder):
            logger.info("%s: found done under work key %s", step, key)
            return handle.at(folder)
        ranges = [range(start, min(start + size, count)) for start in range(0, count, size)]
        shards = {f"items-{span.start:09d}-{span.stop:09d}": span for span in ranges}
        waiting = [(folder / name, span) for name, span in shards.items() if not whole(folder / name)]
        if len(waiting) < len(shards):
            logger.info("%s: going on, %d of %d shards are there", step, len(shards) - len(waiting), len(shards))
        _run(partial(_shard, writer, work), waiting, execution, step, _module_of(work))
        _remove_others(folder, shards)
        return handle.join(folder, list(shards), made or {})


def build_table(rows: Callable[[], Iterable[Mapping[str, Any]]], *, step: str, key: str, execution: Execution) -> Table:
    """Write the rows of a step that is quick enough to be done in one piece, or find them done.

    What is done is found without the lock, so that workers may look at once; of several that want it made, as the jobs
    of an array do, one makes it and the others wait.
    """
    folder = execution.work / step / key
    path = folder / "table.parquet"
    if not whole(folder):
        with step_folder(execution, step, key, wait=True):
            if not whole(folder):
                _build_table(path, rows)
    manifest = read_manifest(folder)
    return Table(path, manifest.count, manifest.digest)


def _build_table(path: Path, rows: Callable[[], Iterable[Mapping[str, Any]]]) -> None:
    table = write_table(path, rows())
    part = Part(path=path.name, count=table.rows, bytes=path.stat().st_size)
    write_manifest(path.parent, Manifest(kind="table", count=table.rows, digest=table.digest, parts=(part,)))


def _shard(writer: type[W], work: Callable[[range, W], None], folder: Path, span: range) -> int:
    part = part_of(folder)
    try:
        with writer(part) as shard:
            work(span, shard)
            shard.finish()
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    commit(part, folder)
    return len(span)


def _remove_others(folder: Path, shards: Mapping[str, range]) -> None:
    """Shards of another size, from before `size` was changed under the same key."""
    for other in folder.glob("items-*"):
        if other.name not in shards:
            shutil.rmtree(other)


def _run(task: Task, items: Sequence[tuple[Path, range]], execution: Execution, step: str, module: str) -> None:
    from tqdm import tqdm

    workers = min(execution.workers, len(items)) if execution.backend == "processes" else 1
    with tqdm(total=sum(len(span) for _, span in items), desc=step, unit=" items", disable=not items) as bar:
        if items and execution.backend == "dask":
            from str_pipelines.cluster import spread

            spread(task, items, execution.scheduler, bar.update)
        elif workers <= 1:
            for item in items:
                bar.update(task(*item))
        else:
            _spread(task, items, _forks(module), workers, bar.update)


def _spread(
    task: Task,
    items: Sequence[tuple[Path, range]],
    context: ForkServerContext,
    workers: int,
    done: Callable[[int], Any],
) -> None:
    """On processes, all of which end at once when this one stops for whatever reason."""
    theirs, ours = context.Pipe(duplex=False)
    given = (theirs, dict(os.environ))
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_start_worker, initargs=given)
    try:
        for future in as_completed([pool.submit(task, *item) for item in items]):
            done(future.result())
    except BaseException as error:
        ours.close()
        pool.shutdown(cancel_futures=True)
        if isinstance(error, BrokenProcessPool):
            raise RuntimeError("a worker was killed (memory?); the same command goes on where it stopped") from error
        raise
    pool.shutdown()


def _module_of(work: Callable[..., Any]) -> str:
    """Where a function stands, however many of its arguments are given already."""
    while isinstance(work, partial):
        work = work.func
    return work.__module__


def _forks(module: str) -> ForkServerContext:
    """Processes forked from one that has imported what is slow to import, once for all steps of a run.

    That is `module`, too, where the work of the first step stands. Python starts it when the first one is wanted, and
    it ends with this process, however that ends.
    """
    context, before = multiprocessing.get_context("forkserver"), dict(os.environ)
    command = [COMMAND] if COMMAND in sys.modules else []  # which every worker would import again
    context.set_forkserver_preload([__name__, *SLOW_TO_IMPORT, *command, module])
    os.environ.update(ONE_THREAD)
    try:
        forkserver.ensure_running()
    finally:
        os.environ.clear()
        os.environ.update(before)
    return context


def _start_worker(lifeline: Connection, environment: Mapping[str, str]) -> None:
    """One thread a worker; Ctrl-C is for the parent to answer; when the parent stops or dies, so does the worker."""
    gc.freeze()  # what it was forked with is no garbage: looking for some would copy the memory that it shares
    os.environ.clear()
    os.environ.update({**environment, **ONE_THREAD})
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_die_with, args=(lifeline,), daemon=True).start()


def _die_with(lifeline: Connection) -> None:
    lifeline.poll(None)
    os._exit(1)
