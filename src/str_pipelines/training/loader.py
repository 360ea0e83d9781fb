"""From a stream of batches of indices to batches of samples, here or on processes beside this one."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import DataLoader, Dataset

S_co = TypeVar("S_co", covariant=True)
S = TypeVar("S")
Request = tuple[int, NDArray[np.int64]]
AHEAD = 4  # batches a process


class Samples(Protocol[S_co]):
    """What is trained on: `sample` is a pure function of epoch and index, and the object can be pickled."""

    def sample(self, epoch: int, index: int) -> S_co:
        """Sample `index` as epoch `epoch` sees it."""
        ...


@dataclass
class _Batches(Dataset[list[S]], Generic[S]):
    samples: Samples[S]

    def __getitem__(self, request: Request) -> list[S]:
        epoch, indices = request
        return [self.samples.sample(epoch, int(index)) for index in indices]


def load(samples: Samples[S], stream: Iterable[Request], workers: int) -> Generator[list[S], None, None]:
    """The batches that `stream` asks for, in its order, bit for bit the same for any number of workers.

    Args:
        stream: (epoch, sample indices) a batch, endless or not: `training.order.batch_stream`.
        workers: 0: samples are made here, when they are asked for; more: on as many spawned processes, which open
            their own files and end when this iterator is closed or forgotten.

    Raises:
        Exception: what `sample` raised, with its text and where it was raised.
        RuntimeError: a worker was killed.
    """
    batches = DataLoader(
        _Batches(samples),
        batch_size=None,
        sampler=stream,
        num_workers=workers,
        collate_fn=_as_it_is,
        worker_init_fn=_one_thread,
        prefetch_factor=AHEAD if workers else None,
        multiprocessing_context="spawn" if workers else None,
    )
    iterator = iter(batches)
    try:
        while (batch := next(iterator, None)) is not None:
            yield batch
    finally:
        if workers:  # the end of the last reference would do it too, but an error's traceback may hold one for long
            iterator._shutdown_workers()  # type: ignore[attr-defined]


def _as_it_is(batch: Any) -> Any:
    return batch


def _one_thread(_: int) -> None:
    import cv2

    torch.set_num_threads(1)
    cv2.setNumThreads(1)
