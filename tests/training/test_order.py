"""Every sample once an epoch, batches of one group, and the same from wherever a run begins and however shared."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from str_pipelines.training.order import batch_stream, draw, epoch_batches, share, steps_per_epoch

GROUPS = st.lists(st.sampled_from([32, 64, 96, 512]), min_size=1, max_size=80).map(lambda found: np.array(found))
SIZES, SEEDS, EPOCHS = st.integers(1, 20), st.integers(0, 2**32), st.integers(0, 5)


@given(GROUPS, SIZES, SEEDS, EPOCHS)
def test_an_epoch_has_each_sample_once_in_batches_of_one_group(
    groups: NDArray[np.int64], size: int, seed: int, epoch: int
) -> None:
    batches = epoch_batches(groups, size, seed, epoch)
    assert sorted(np.concatenate(batches).tolist()) == list(range(len(groups)))
    assert all(1 <= len(batch) <= size and len(set(groups[batch])) == 1 for batch in batches)
    assert len(batches) == steps_per_epoch(groups, size)


@given(GROUPS, SIZES, SEEDS)
def test_the_batches_of_a_group_differ_in_size_by_one_at_most(groups: NDArray[np.int64], size: int, seed: int) -> None:
    batches = epoch_batches(groups, size, seed, 0)
    for group in np.unique(groups):
        sizes = [len(batch) for batch in batches if groups[batch[0]] == group]
        assert max(sizes) - min(sizes) <= 1
        assert len(sizes) == -(-sum(sizes) // size)


def test_seed_and_epoch_each_change_the_order_of_samples_and_of_batches() -> None:
    groups = np.repeat([32, 64, 96], 40)
    orders = [
        tuple(np.concatenate(epoch_batches(groups, 8, seed, epoch)).tolist()) for seed in range(3) for epoch in range(3)
    ]
    assert len(set(orders)) == 9
    assert len({tuple(groups[list(order)].tolist()) for order in orders}) == 9


@given(GROUPS, SIZES, SEEDS, st.integers(0, 60))
def test_a_stream_goes_on_from_any_step_as_if_it_had_walked_there(
    groups: NDArray[np.int64], size: int, seed: int, step: int
) -> None:
    walked = list(islice(batch_stream(groups, size, seed), step, step + 5))
    assert _plain(walked) == _plain(islice(batch_stream(groups, size, seed, step), 5))


@given(st.integers(0, 40))
def test_so_does_a_stream_whose_groups_change_from_epoch_to_epoch(step: int) -> None:
    def groups(epoch: int) -> NDArray[np.int64]:
        return np.random.default_rng(epoch).integers(0, 3, 20 + epoch)

    walked = list(islice(batch_stream(groups, 4, 7), step, step + 5))
    assert _plain(walked) == _plain(islice(batch_stream(groups, 4, 7, step), 5))
    assert sorted(i for epoch, batch in islice(batch_stream(groups, 4, 7), 40) if epoch == 1 for i in batch) == [
        *range(21)
    ]


@given(GROUPS, st.integers(1, 5), st.integers(1, 4), SEEDS)
def test_all_ranks_together_see_what_one_alone_sees(
    groups: NDArray[np.int64], per_rank: int, world: int, seed: int
) -> None:
    alone = islice(batch_stream(groups, per_rank * world, seed), 12)
    ranks = [batch_stream(groups, per_rank * world, seed, 0, rank, world) for rank in range(world)]
    for (epoch, batch), *shares in zip(alone, *ranks, strict=False):
        assert {each for each, _ in shares} == {epoch}
        together = np.concatenate([indices for _, indices in shares])
        assert set(together) == set(batch)
        assert all(len(indices) for _, indices in shares)
        if len(batch) >= world:
            assert together.tolist() == batch.tolist()


def test_shares_of_a_batch_that_is_too_small_are_of_one_sample_each() -> None:
    assert [share(np.array([7, 9]), rank, 5).tolist() for rank in range(5)] == [[7], [9], [7], [9], [7]]


@given(st.integers(1, 30), st.integers(0, 70), SEEDS, EPOCHS)
def test_a_set_is_gone_through_before_any_of_it_comes_again(count: int, quota: int, seed: int, epoch: int) -> None:
    taken = [_places(count, quota, seed, each) for each in range(epoch + 1)]
    times = np.bincount(np.concatenate(taken), minlength=count)
    assert all(len(each) == quota for each in taken)
    assert times.max() - times.min() <= 1


def test_sets_of_equal_size_are_gone_through_in_orders_of_their_own() -> None:
    first, second = draw((50, 50), (20, 20), 0, 0)
    assert first is not None and second is not None and first.tolist() != second.tolist()


@pytest.mark.parametrize(("size", "start", "rank", "world"), [(1, 0, 0, 2), (4, -1, 0, 1), (4, 0, 2, 2)])
def test_what_is_out_of_range_is_refused(size: int, start: int, rank: int, world: int) -> None:
    with pytest.raises(ValueError, match="are wanted"):
        next(batch_stream(np.zeros(9, np.int64), size, 0, start, rank, world))


@pytest.mark.parametrize("groups", [np.empty(0, np.int64), lambda epoch: np.empty(0, np.int64)])
def test_nothing_to_train_on_is_said_and_not_waited_for(groups: NDArray[np.int64]) -> None:
    with pytest.raises(ValueError, match="no sample to train on"):
        next(batch_stream(groups, 4, 0))


def _places(count: int, quota: int, seed: int, epoch: int) -> NDArray[np.int64]:
    [places] = draw((count,), (quota,), seed, epoch)
    return np.arange(count) if places is None else places


def _plain(stream: object) -> list[tuple[int, list[int]]]:
    return [(epoch, batch.tolist()) for epoch, batch in stream]  # type: ignore[attr-defined]
