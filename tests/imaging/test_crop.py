from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from str_pipelines.imaging.crop import rectify, upright, upright_points, word_size
from str_pipelines.records import Refused

IMAGE = np.random.default_rng(0).integers(0, 256, (60, 90, 3), dtype=np.uint8)


def box(x: int, y: int, w: int, h: int) -> NDArray[np.float64]:
    return np.array([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], np.float64)


boxes = st.tuples(st.integers(0, 60), st.integers(0, 40), st.integers(2, 29), st.integers(2, 19))


@given(boxes)
def test_an_axis_aligned_integer_quad_is_the_plain_slice(at: tuple[int, int, int, int]) -> None:
    x, y, w, h = at
    np.testing.assert_array_equal(rectify(IMAGE, box(*at)), IMAGE[y : y + h, x : x + w])


@given(boxes)
def test_another_first_corner_turns_the_word(at: tuple[int, int, int, int]) -> None:
    """Corners stand on pixel edges, so a turned grid starts one pixel further right or down."""
    x, y, w, h = at
    quarter = rectify(IMAGE, np.roll(box(*at), -1, axis=0))
    half = rectify(IMAGE, np.roll(box(*at), -2, axis=0))
    np.testing.assert_array_equal(quarter, np.rot90(IMAGE[y : y + h, x + 1 : x + w + 1]))
    np.testing.assert_array_equal(half, np.rot90(IMAGE[y + 1 : y + h + 1, x + 1 : x + w + 1], 2))


@given(st.integers(-20, 80), st.integers(-20, 50), st.integers(2, 40), st.integers(2, 40))
def test_beyond_the_image_its_edge_goes_on(x: int, y: int, w: int, h: int) -> None:
    padded = np.pad(IMAGE, ((100, 100), (100, 100), (0, 0)), mode="edge")
    expected = padded[y + 100 : y + 100 + h, x + 100 : x + 100 + w]
    np.testing.assert_array_equal(rectify(IMAGE, box(x, y, w, h)), expected)


@given(st.lists(st.floats(-0.49, 0.49), min_size=8, max_size=8))
@settings(max_examples=50)
def test_a_tilted_quad_has_the_size_that_word_size_says(shifts: list[float]) -> None:
    quad = box(20, 10, 30, 12) + np.reshape(shifts, (4, 2))
    word = rectify(IMAGE, quad)
    assert word.dtype == np.uint8
    assert word.shape == (*word_size(quad)[::-1], 3)


def test_word_size_takes_the_longer_sides_and_at_least_two_pixels() -> None:
    assert word_size([(0, 0), (10.9, 0), (8, 5), (0, 7.2)]) == (10, 7)
    assert word_size([(0, 0), (1, 0), (1, 0.5), (0, 0.5)]) == (2, 2)


def test_perspective_brings_the_corners_to_the_corners() -> None:
    image = np.zeros((80, 120, 3), np.uint8)
    for value, (x, y) in zip((50, 100, 150, 200), ((20, 20), (90, 10), (100, 70), (10, 60)), strict=True):
        image[y - 6 : y + 6, x - 6 : x + 6] = value
    word = rectify(image, [(20, 20), (90, 10), (100, 70), (10, 60)])
    assert [int(word[at][0]) for at in ((1, 1), (1, -2), (-2, -2), (-2, 1))] == [50, 100, 150, 200]


@pytest.mark.parametrize(
    "quad",
    [
        [(0, 0), (0, 10), (20, 10), (20, 0)],  # counter-clockwise: the word would be mirrored
        [(0, 0), (20, 10), (20, 0), (0, 10)],  # crossed
        [(0, 0), (20, 0), (20, 0), (0, 0)],  # without area
        [(0, 0), (20, 0), (5, 3), (0, 10)],  # dented
        [(0, 0), (20, 0), (20, np.nan), (0, 10)],
        [(0, 0), (20, 0), (20, 10)],
    ],
)
def test_a_malformed_quad_is_refused(quad: list[tuple[float, float]]) -> None:
    with pytest.raises(Refused, match="quad_malformed"):
        rectify(IMAGE, quad)


def test_four_megapixels_are_the_limit() -> None:
    assert rectify(IMAGE, box(0, 0, 2000, 2000)).shape == (2000, 2000, 3)
    for w, h in ((2000, 2001), (40_000, 10), (10**9, 10**9)):
        with pytest.raises(Refused, match="word_too_large"):
            rectify(IMAGE, box(0, 0, w, h))
    with pytest.raises(Refused, match="image_too_large"):
        rectify(np.zeros((2, 40_000, 3), np.uint8), box(0, 0, 2, 2))


@given(st.integers(1, 60), st.integers(1, 60))
def test_upright_turns_only_what_is_clearly_higher_than_wide(h: int, w: int) -> None:
    word = np.arange(h * w * 3, dtype=np.uint32).astype(np.uint8).reshape(h, w, 3)
    turned = upright(word)
    assert turned.shape[:2] == ((w, h) if h > 1.5 * w else (h, w))
    np.testing.assert_array_equal(turned, np.rot90(word) if h > 1.5 * w else word)
    assert turned.flags.c_contiguous


@pytest.mark.parametrize(
    "quad",
    [box(10, 12, 40, 20), box(10, 5, 16, 50), np.array([(12, 9), (70, 14), (66, 38), (8, 30)], float)],
    ids=["flat", "tall", "askew"],
)
def test_points_go_where_their_pixels_go(quad: NDArray[np.float64]) -> None:
    corners = upright_points(quad, quad)
    height, width = upright(rectify(IMAGE, quad)).shape[:2]
    assert sorted(map(tuple, corners.round(4) + 0.0)) == sorted([(0, 0), (width, 0), (width, height), (0, height)])
    spot = quad.mean(axis=0) + (3, -2)
    dotted = np.zeros_like(IMAGE)
    x, y = spot.astype(int)
    dotted[y - 1 : y + 2, x - 1 : x + 2] = 255
    cut = upright(rectify(dotted, quad))[..., 0].astype(float)
    rows, columns = np.indices(cut.shape) + 0.5
    centre = ((columns * cut).sum() / cut.sum(), (rows * cut).sum() / cut.sum())
    assert upright_points((x + 0.5, y + 0.5), quad) == pytest.approx(centre, abs=0.7)
