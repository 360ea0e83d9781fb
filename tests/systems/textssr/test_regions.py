"""Samples are functions of (seed, epoch, index); what cannot be taught is left out; photographs are held out whole."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest

from str_pipelines.imaging.quads import area
from str_pipelines.records import Refused
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.systems.textssr.config import CropParams, WordSetsParams
from str_pipelines.systems.textssr.regions import Region, Regions, gather, held_out, widest_margin

from .conftest import TINY


@pytest.fixture
def regions(rendered: SceneLmdb) -> Regions:
    return gather([rendered.path], WordSetsParams(), CropParams(), TINY)


def plain(region: Region) -> tuple[bytes, bytes, str, str]:
    return region.picture.tobytes(), region.conditions.glyph.tobytes(), region.text, region.key


def test_a_sample_is_the_same_whoever_makes_it_and_another_one_in_the_next_epoch(regions: Regions) -> None:
    again = pickle.loads(pickle.dumps(regions))  # noqa: S301
    for index in range(len(regions)):
        assert plain(regions.sample(0, index)) == plain(again.sample(0, index))
    moved = [plain(regions.sample(0, k)) != plain(regions.sample(1, k)) for k in range(len(regions))]
    assert 0.2 < np.mean(moved) < 0.9  # half of the squares are centred
    fixed = replace(regions, fixed=True)
    assert all(plain(fixed.sample(0, k)) == plain(fixed.sample(1, k)) for k in range(len(fixed)))


def test_a_word_is_seen_in_as_many_squares_as_asked_for_in_turn(regions: Regions) -> None:
    twice = replace(regions, crop=CropParams(squares=2, keep=0))
    for index in range(6):
        first, second, third = (twice.sample(epoch, index) for epoch in range(3))
        assert plain(first) == plain(third) and first.again == third.again
        assert plain(first) != plain(second) and first.again != second.again
    assert not regions.sample(0, 0).again


def test_the_whole_word_is_in_its_square_and_so_is_its_glyph(regions: Regions) -> None:
    for epoch in range(3):
        for index in range(len(regions)):
            found = regions.sample(epoch, index)
            assert found.picture.shape == (64, 64, 3) and found.quad.min() >= -1e-6 and found.quad.max() <= 64 + 1e-6
            assert found.conditions.hole.sum() / 255 == pytest.approx(area(found.quad), rel=0.1)
            assert found.conditions.glyph.max() > 100 and found.conditions.count == len(found.text)


def test_a_photograph_is_held_out_whole(regions: Regions) -> None:
    train, held = held_out(regions, 0.3, 5)
    names = [set(part.sets[0].photographs.to_pylist()) for part in (train, held)]
    assert names[0] and names[1] and not names[0] & names[1] and len(held) <= 5
    assert held.fixed and not train.fixed


def test_words_without_room_at_this_resolution_are_left_out(rendered: SceneLmdb) -> None:
    low = gather([rendered.path], WordSetsParams(), CropParams(), TINY.model_copy(update={"resolution": 32}))
    high = gather([rendered.path], WordSetsParams(), CropParams(), TINY.model_copy(update={"resolution": 128}))
    assert 0 < len(low) < len(high)
    wide = np.array([(0, 0), (300, 0), (300, 20), (0, 20)], np.float64)
    with pytest.raises(Refused, match="too_flat"):
        widest_margin("word", wide, 64)
    assert widest_margin("word", wide, 256) == pytest.approx(0.98 * 20 * 256 / 300 / 8)


def test_shares_of_sets_are_kept(rendered: SceneLmdb) -> None:
    sets = WordSetsParams(more=(str(rendered.path),), ratios=(1.0, 3.0))
    train, _ = held_out(gather([rendered.path], sets, CropParams(), TINY), 0.2, 4)
    assert train.quotas[1] == pytest.approx(3 * train.quotas[0], abs=4)
