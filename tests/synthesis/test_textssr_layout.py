"""Regions lie on the words, at the scale of their squares."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from str_pipelines.imaging.squares import square_of
from str_pipelines.synthesis.textssr_layout import RESOLUTION, region, region_of

CORNER = st.tuples(st.integers(0, 180), st.integers(0, 130))


@st.composite
def boxes(draw: st.DrawFn) -> np.ndarray:
    (x, y), width, height = draw(CORNER), draw(st.integers(4, 120)), draw(st.integers(4, 70))
    return np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]], np.float64)


@given(boxes())
def test_region_is_the_word_at_the_scale_of_the_square(quad: np.ndarray) -> None:
    square = square_of(quad)
    x0, y0, x1, y1 = region_of(quad, square)
    width, height = np.ptp(quad, axis=0) * RESOLUTION / square[2]
    assert 0 <= x0 < x1 <= RESOLUTION and 0 <= y0 < y1 <= RESOLUTION
    assert abs((x1 - x0) - width) <= 2 and abs((y1 - y0) - height) <= 2


def test_a_region_is_a_slice_of_its_square() -> None:
    square = np.random.default_rng(0).integers(0, 255, (RESOLUTION, RESOLUTION, 3), np.uint8)
    assert np.array_equal(region(square, (2, 3, 8, 9)), square[3:9, 2:8])
