"""Squares hold the whole word, and the picture goes on by reflection beyond its edge."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from str_pipelines.imaging.squares import Square, any_square, cut_square, in_square, put_square, square_of

SIDE = 256
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


@given(boxes(), st.floats(1, 2), st.integers(0, 2**32))
def test_a_square_anywhere_holds_every_pixel_of_the_word(quad: np.ndarray, margin: float, seed: int) -> None:
    left, top, side = any_square(quad, margin, np.random.default_rng(seed))
    assert (quad >= (left, top)).all() and (quad <= (left + side, top + side)).all()
    assert side == np.ceil(margin * np.ptp(quad, axis=0).max())


@given(boxes(), st.floats(1, 2))
def test_points_land_where_their_pixels_do(quad: np.ndarray, margin: float) -> None:
    square = square_of(quad, margin)
    local = in_square(quad, square, square.side)
    scene = np.random.default_rng(0).integers(0, 255, (220, 320, 3), np.uint8)
    x, y = local[0].astype(int)
    assert np.array_equal(cut_square(scene, square, square.side)[y, x], scene[int(quad[0, 1]), int(quad[0, 0])])


@given(boxes(), st.floats(1, 2))
def test_what_is_put_back_unchanged_changes_nothing(quad: np.ndarray, margin: float) -> None:
    scene = np.random.default_rng(1).integers(0, 255, (150, 200, 3), np.uint8)
    square = square_of(quad, margin)
    assert np.array_equal(put_square(scene, square, cut_square(scene, square, square.side)), scene)


def test_inside_the_picture_the_square_is_a_slice() -> None:
    scene = np.random.default_rng(0).integers(0, 255, (400, 500, 3), np.uint8)
    assert np.array_equal(cut_square(scene, Square(30, 40, SIDE), SIDE), scene[40 : 40 + SIDE, 30 : 30 + SIDE])


def test_beyond_the_edge_the_picture_is_reflected() -> None:
    scene = np.random.default_rng(0).integers(0, 255, (300, 300, 3), np.uint8)
    cut = cut_square(scene, Square(-10, 0, SIDE), SIDE)
    assert np.array_equal(cut[:, :10], scene[:SIDE, :10][:, ::-1])
