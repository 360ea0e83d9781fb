"""Shards on the workers of a Dask cluster: processes on any machines that see the same folders under the same paths.

Only names of folders and ranges travel. A shard whose worker dies goes to another one; what a worker has begun when
the command ends it brings to its end, and the next command finds that done.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import chdir, contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from socket import gethostname
from threading import Lock
from typing import Any

from str_pipelines.storage.manifests import whole

try:
    from distributed import Client, Future, KilledWorker, wait
    from distributed.comm import CommClosedError
except ModuleNotFoundError as error:
    raise ModuleNotFoundError("execution.backend=dask needs Dask: pip install 'str_pipelines[dask]'") from error

logger = logging.getLogger(__name__)
Item = tuple[Path, range]
Task = Callable[[Path, range], int]
PATIENCE = 60.0
"""Seconds for a scheduler to answer, for a first worker to come, or the next when all are gone, for a shared disk."""
AHEAD = 2
"""Shards a worker that are given out: the next one lies ready, and little is under way when a command ends."""
GOES_ON = "the same command goes on where it stopped"
_ONE = Lock()


def spread(task: Task, items: Sequence[Item], scheduler: str, done: Callable[[int], Any]) -> None:
    """Have every shard made by some worker.

    Args:
        task: makes one shard; picklable.
        items: folder and range of each.
        scheduler: its address, tcp://HOST:8786, or the file that `dask scheduler --scheduler-file` writes.
        done: called with the size of each shard that is there.

    Raises:
        ConnectionError: no scheduler answers, or it is gone.
        RuntimeError: there are no workers, or several were killed over one shard.
        Exception: what `task` raised; nothing more is given out.
    """
    with _connected(scheduler) as client:
        logger.info("%d workers of the Dask scheduler %s", len(client.nthreads()), client.scheduler.address)
        futures: dict[Future, Item] = {}
        try:
            for future, item in _finished(client, partial(_at_work, task, Path.cwd()), items, futures):
                done(_result(future, item))
        except (CancelledError, CommClosedError) as error:
            raise ConnectionError(f"the Dask scheduler at {scheduler} is gone; start it, {GOES_ON}") from error
        finally:
            client.cancel(list(futures), force=True)


@contextmanager
def _connected(scheduler: str) -> Iterator[Client]:
    try:
        client = Client(_address(scheduler), timeout=PATIENCE)
    except (OSError, ValueError) as error:
        raise ConnectionError(
            f"no Dask scheduler answers at {scheduler} ({error}); start one with `dask scheduler`, and "
            "execution.scheduler is its address (docs/many_machines.md)"
        ) from error
    with client:
        yield client


def _address(scheduler: str) -> str:
    """The address itself, or what the scheduler's file says once it is there."""
    if "://" in scheduler:
        return scheduler
    until = time.monotonic() + PATIENCE
    while not (file := Path(scheduler)).is_file() and time.monotonic() < until:
        time.sleep(0.1)
    return str(json.loads(file.read_bytes())["address"])


def _finished(
    client: Client, work: Callable[..., str], items: Sequence[Item], futures: dict[Future, Item]
) -> Iterator[tuple[Future, Item]]:
    """Each future that is done, with its item; `futures` are those under way."""
    rest, alone_since = iter(items), time.monotonic()
    while True:
        workers = client.nthreads()
        alone_since = time.monotonic() if workers else alone_since
        if time.monotonic() - alone_since > PATIENCE:
            raise RuntimeError(f"the Dask scheduler has no workers; start some with `dask worker`, {GOES_ON}")
        new = islice(rest, max(0, AHEAD * len(workers) - len(futures)))
        futures |= {client.submit(work, *item, pure=False): item for item in new}
        if workers and not futures:
            return
        for future in _some_done(list(futures)):
            yield future, futures.pop(future)


def _some_done(futures: Sequence[Future]) -> Sequence[Future]:
    """Those that are done, after a second at the latest."""
    if not futures:
        time.sleep(0.2)
        return []
    try:
        return list(wait(futures, timeout=1, return_when="FIRST_COMPLETED").done)
    except TimeoutError:
        return []


def _result(future: Future, item: Item) -> int:
    folder, span = item
    try:
        host = future.result()
    except KilledWorker as error:
        raise RuntimeError(f"several workers were killed over {folder.name} (memory?); {GOES_ON}") from error
    until = time.monotonic() + PATIENCE
    while not (folder in folder.parent.iterdir() and whole(folder)):  # listed, as a network disk remembers what was not
        if time.monotonic() > until:
            raise RuntimeError(
                f"{host} has made {folder} and it is not here: the work folder has to lie on a disk that all share"
            )
        time.sleep(0.1)
    return len(span)


def _at_work(task: Task, here: Path, folder: Path, span: range) -> str:
    """Make a shard in the place where the command was given; the name of this machine. One at a time in a process."""
    with _ONE:
        if not here.is_dir() or not (here / folder).parent.is_dir():
            raise FileNotFoundError(
                f"{gethostname()} has no {(here / folder).parent}: project, data and work folder have to lie at the "
                "same paths on all machines"
            )
        with chdir(here):
            task(folder, span)
    return gethostname()
