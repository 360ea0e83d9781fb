"""Squares hold the whole word, regions lie on it, and the picture goes on by reflection beyond its edge."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from str_pipelines.synthesis.textssr_layout import RESOLUTION, cut_square, region, region_of, square_of

CORNER = st.tuples(st.integers(0, 180), st.integers(0, 130))


@st.composite
def boxes(draw: st.DrawFn) -> np.ndarray:
    (x, y), width, height = draw(CORNER), draw(st.integers(4, 120)), draw(st.integers(4, 70))
    return np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]], np.float64)


@given(boxes())
def test_square_holds_the_word(quad: np.ndarray) -> None:
    left, top, side = square_of(quad)
    assert (quad >= (left, top)).all() and (quad <= (left + side, top + side)).all()
    assert side == max(np.ptp(quad, axis=0))


@given(boxes())
def test_region_is_the_word_at_the_scale_of_the_square(quad: np.ndarray) -> None:
    square = square_of(quad)
    x0, y0, x1, y1 = region_of(quad, square)
    width, height = np.ptp(quad, axis=0) * RESOLUTION / square[2]
    assert 0 <= x0 < x1 <= RESOLUTION and 0 <= y0 < y1 <= RESOLUTION
    assert abs((x1 - x0) - width) <= 2 and abs((y1 - y0) - height) <= 2


def test_inside_the_picture_the_square_is_a_slice() -> None:
    scene = np.random.default_rng(0).integers(0, 255, (400, 500, 3), np.uint8)
    assert np.array_equal(cut_square(scene, (30, 40, RESOLUTION)), scene[40 : 40 + RESOLUTION, 30 : 30 + RESOLUTION])


def test_beyond_the_edge_the_picture_is_reflected() -> None:
    scene = np.random.default_rng(0).integers(0, 255, (300, 300, 3), np.uint8)
    cut = cut_square(scene, (-10, 0, RESOLUTION))
    assert np.array_equal(cut[:, :10], scene[:RESOLUTION, :10][:, ::-1])
    assert region(cut, (2, 3, 8, 9)).shape == (6, 6, 3)
