"""Run the shards of a step, here or on several processes, and go on where a killed run stopped.

A step has a folder named by its work key; a shard is a range of the input and a folder in there, finished by a rename.
What a shard holds depends on its range alone, so the number of workers never shows in the result.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from str_pipelines.records import Table
from str_pipelines.storage.folders import commit, locked, part_of, sweep
from str_pipelines.storage.handles import Handle, ShardWriter
from str_pipelines.storage.manifests import NAME, Manifest, Part, read_manifest, write_manifest
from str_pipelines.storage.tables import write_table

logger = logging.getLogger(__name__)
H = TypeVar("H", bound=Handle)
W = TypeVar("W", bound=ShardWriter)


class Execution(BaseModel):
    """Where and how wide a step runs. Nothing here changes a result.

    `work` is the folder in which steps keep what they have done; it may be deleted whenever nothing runs.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    backend: Literal["serial", "processes"] = "processes"
    workers: int = Field(default=2, ge=1)
    work: Path = Path("data/work")


@contextmanager
def step_folder(execution: Execution, step: str, key: str) -> Iterator[Path]:
    """The folder of this step under this work key, held for this process, freed of half-built remains."""
    folder = execution.work / step / key
    with locked(folder):
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
    """
    with step_folder(execution, step, key) as folder:
        if handle.exists(folder):
            logger.info("%s: found done under work key %s", step, key)
            return handle.at(folder)
        ranges = [range(start, min(start + size, count)) for start in range(0, count, size)]
        names = [f"shard-{number:05d}" for number in range(len(ranges))]
        waiting = [(folder / name, span) for name, span in zip(names, ranges, strict=True) if not _done(folder / name)]
        if len(waiting) < len(names):
            logger.info("%s: going on, %d of %d shards are there", step, len(names) - len(waiting), len(names))
        _run(partial(_shard, writer, work), waiting, execution, step)
        return handle.join(folder, names, made or {})


def build_table(rows: Callable[[], Iterable[Mapping[str, Any]]], *, step: str, key: str, execution: Execution) -> Table:
    """Write the rows of a step that is quick enough to be done in one piece, or find them done."""
    with step_folder(execution, step, key) as folder:
        path = folder / "table.parquet"
        if not _done(folder):
            table = write_table(path, rows())
            part = Part(path=path.name, count=table.rows, bytes=path.stat().st_size)
            write_manifest(folder, Manifest(kind="table", count=table.rows, digest=table.digest, parts=(part,)))
        manifest = read_manifest(folder)
        return Table(path, manifest.count, manifest.digest)


def _done(folder: Path) -> bool:
    return (folder / NAME).is_file()


def _shard(writer: type[W], work: Callable[[range, W], None], folder: Path, span: range) -> int:
    part = part_of(folder)
    with writer(part) as shard:
        work(span, shard)
        shard.finish()
    if folder.exists():  # a worker of a killed run may have finished it in the meantime: the same content
        shutil.rmtree(part)
    else:
        commit(part, folder)
    return len(span)


def _run(task: Callable[[Path, range], int], items: Sequence[tuple[Path, range]], execution: Execution, step: str) -> None:
    from tqdm import tqdm

    workers = min(execution.workers, len(items)) if execution.backend == "processes" else 1
    with tqdm(total=sum(len(span) for _, span in items), desc=step, unit=" items", disable=not items) as bar:
        for done in _serial(task, items) if workers <= 1 else _processes(task, items, workers):
            bar.update(done)


def _serial(task: Callable[[Path, range], int], items: Sequence[tuple[Path, range]]) -> Iterator[int]:
    return (task(*item) for item in items)


def _processes(task: Callable[[Path, range], int], items: Sequence[tuple[Path, range]], workers: int) -> Iterator[int]:
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_start_worker)
    try:
        futures = [pool.submit(task, *item) for item in items]
        yield from (future.result() for future in as_completed(futures))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _start_worker() -> None:
    """One thread a worker, and none outlives its parent."""
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    parent = multiprocessing.parent_process()
    if parent is not None:
        Thread(target=lambda: (parent.join(), os._exit(1)), daemon=True).start()
