"""The order of samples: what is seen at which step is a pure function of the seed, whatever happened before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Groups = NDArray[np.integer]
GroupsOf = Groups | Callable[[int], Groups]
"""The group of each sample, for all epochs or as a function of the epoch."""


def epoch_batches(groups: Groups, batch_size: int, seed: int, epoch: int) -> list[NDArray[np.int64]]:
    """All samples of an epoch once, shuffled, in batches whose samples are of one group, in shuffled order.

    A group is dealt into as few batches as hold it, of sizes that differ by at most one: 130 samples at a batch size
    of 64 are 44 + 43 + 43, so that no odd remain of two samples moves the weights as much as a full batch.

    Args:
        groups: (N,) the group of each sample, for example the width of its picture.
        batch_size: the most samples a batch.

    Returns:
        Batches of sample indices; how many there are is `steps_per_epoch`.
    """
    rng = np.random.default_rng((seed, epoch))
    shuffled = rng.permutation(len(groups))
    shuffled = shuffled[np.argsort(groups[shuffled], kind="stable")]
    ordered = groups[shuffled]
    parts = np.split(shuffled, np.flatnonzero(ordered[1:] != ordered[:-1]) + 1) if len(groups) else []
    batches = [batch for part in parts for batch in np.array_split(part, -(-len(part) // batch_size))]
    return [batches[place] for place in rng.permutation(len(batches))]


def steps_per_epoch(groups: Groups, batch_size: int) -> int:
    """How many batches `epoch_batches` makes, for any seed and epoch."""
    _, counts = np.unique(groups, return_counts=True)
    return int(np.sum(-(-counts // batch_size)))


def batch_stream(
    groups: GroupsOf, batch_size: int, seed: int, start_step: int = 0, rank: int = 0, world: int = 1
) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Endless (epoch, sample indices) from step `start_step` on, without a look at what came before it.

    Process `rank` of `world` takes its share of each batch: shares differ in size by at most one, and one after the
    other they are the batch that a single process sees. Of a batch smaller than `world` some samples are taken
    twice, so that no process stands without one.

    Raises:
        ValueError: there are no samples, or the batch size, the step or the rank is out of range.
    """
    if batch_size < world or start_step < 0 or not 0 <= rank < world:
        raise ValueError(
            f"a batch of {batch_size} or more for {world} processes, a rank below {world} and a step from 0 on are "
            f"wanted, not rank {rank} and step {start_step}"
        )
    epoch, step = _place(groups, batch_size, start_step)
    while True:
        for batch in epoch_batches(_of(groups, epoch), batch_size, seed, epoch)[step:]:
            yield epoch, share(batch, rank, world)
        epoch, step = epoch + 1, 0


def share(batch: NDArray[np.int64], rank: int, world: int) -> NDArray[np.int64]:
    """What process `rank` of `world` takes of a batch, never nothing."""
    full = np.resize(batch, max(len(batch), world))  # repeats the batch where it is too small
    return np.array_split(full, world)[rank]


@lru_cache(maxsize=3)
def draw(counts: Sequence[int], quotas: Sequence[int], seed: int, epoch: int) -> tuple[NDArray[np.int64] | None, ...]:
    """Which samples of each set an epoch takes, where it takes `quotas` of them: from endless permutations.

    Each set is gone through in a shuffled order again and again; an epoch goes on where the one before ended, so
    that none of its samples is seen twice before all were seen once.

    Returns:
        (quota,) places 0 … count-1 for each set, read-only; None where an epoch is just all of the set.
    """
    return tuple(
        None if count == quota else _lap(count, quota, (seed, number), epoch)
        for number, (count, quota) in enumerate(zip(counts, quotas, strict=True))
    )


def _lap(count: int, quota: int, key: tuple[int, int], epoch: int) -> NDArray[np.int64]:
    start, stop = epoch * quota, (epoch + 1) * quota
    pieces = [
        np.random.default_rng((*key, lap)).permutation(count)[max(start - lap * count, 0) : stop - lap * count]
        for lap in range(start // count, -(-stop // count))
    ]
    places = np.concatenate(pieces) if pieces else np.empty(0, np.int64)
    places.flags.writeable = False
    return places


def _place(groups: GroupsOf, batch_size: int, step: int) -> tuple[int, int]:
    """(epoch, step in it) of a step counted from the start."""
    epoch = 0
    if not callable(groups):
        steps = _checked(steps_per_epoch(groups, batch_size))
        return divmod(step, steps)
    while step >= (steps := _checked(steps_per_epoch(groups(epoch), batch_size))):
        epoch, step = epoch + 1, step - steps
    return epoch, step


def _checked(steps: int) -> int:
    if not steps:
        raise ValueError("there is no sample to train on; look into the report on the words for why they were left out")
    return steps


def _of(groups: GroupsOf, epoch: int) -> Groups:
    return groups(epoch) if callable(groups) else groups
