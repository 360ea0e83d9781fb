"""The division of grey levels is the best of all 255, whatever the picture."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray

from str_pipelines.imaging.two_means import histogram, lighter, thresholds

pictures = arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=12))
two_levels = arrays(np.uint8, (4, 9), elements=st.sampled_from([7, 8]))
Grey = NDArray[np.uint8]


def squares(grey: Grey, threshold: int) -> Fraction:
    """The sum of squared distances from the means of the two groups, exactly."""
    total = Fraction(0)
    for part in (grey[grey <= threshold], grey[grey > threshold]):
        levels = [int(level) for level in part]
        if levels:
            total += sum(level * level for level in levels) - Fraction(sum(levels) ** 2, len(levels))
    return total


@given(st.lists(pictures | two_levels, min_size=1, max_size=5))
def test_no_threshold_is_better(greys: list[Grey]) -> None:
    best, shares = thresholds([histogram(grey) for grey in greys])
    for grey, threshold, share in zip(greys, best.tolist(), shares.tolist(), strict=True):
        least = min(squares(grey, other) for other in range(255))
        assert float(squares(grey, threshold) - least) <= 1e-9 * max(1.0, float(least))
        whole = squares(grey, 255)
        assert share == pytest.approx(float(1 - least / whole) if whole else 0.0, abs=1e-9)


@given(pictures)
def test_a_batch_gives_what_each_alone_gives(grey: Grey) -> None:
    both, _ = thresholds([histogram(grey), histogram(255 - grey)])
    assert both[0] == thresholds([histogram(grey)])[0][0]


@given(pictures)
def test_a_negative_is_divided_as_well(grey: Grey) -> None:
    """Where two divisions are equally good, another one may be taken, but none that is worse."""
    (one, other), _ = thresholds([histogram(grey), histogram(255 - grey)])
    assert squares(grey, int(one)) == pytest.approx(float(squares(255 - grey, int(other))))


def test_the_largest_word_and_one_pixel_in_it_are_counted_exactly() -> None:
    grey = np.full((2000, 2000), 200, np.uint8)
    grey[0, 0] = 201
    (threshold,), (share,) = thresholds([histogram(grey)])
    assert threshold == 200 and share == pytest.approx(1)
    assert int(lighter(grey, int(threshold)).sum()) == 1


def test_pixels_above_the_threshold_are_lighter() -> None:
    assert lighter(np.array([[0, 9, 10, 255]], np.uint8), 9).tolist() == [[0, 0, 1, 1]]


@pytest.mark.parametrize("level", [0, 77, 255])
def test_one_grey_level_has_no_two_groups(level: int) -> None:
    assert thresholds([histogram(np.full((3, 5), level, np.uint8))])[1].tolist() == [0]
