"""Warps move what is on a picture where they say, and the canvas holds all of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from str_pipelines.imaging import warps


def block(width: int = 60, height: int = 24) -> NDArray[np.uint8]:
    """White with a black rectangle in the middle that touches no side."""
    image = np.full((height, width, 3), 255, np.uint8)
    image[height // 4 : -(height // 4), width // 4 : -(width // 4)] = 0
    return image


def ink(image: NDArray[np.uint8]) -> float:
    return float((255 - image[..., 0].astype(float)).sum())


def centre(image: NDArray[np.uint8]) -> tuple[float, float]:
    rows, columns = np.nonzero(image[..., 0] < 128)
    return columns.mean(), rows.mean()


@given(st.floats(-45, 45))
def test_a_turned_picture_keeps_all_of_its_ink(degrees: float) -> None:
    turned = warps.linear(block(), warps.turned(degrees))
    assert ink(turned) == pytest.approx(ink(block()), rel=0.06)


def test_a_right_angle_swaps_the_sides() -> None:
    assert warps.linear(block(60, 24), warps.turned(90)).shape == (60, 24, 3)


@given(st.floats(-0.8, 0.8), st.floats(-0.3, 0.3))
def test_a_sheared_picture_is_as_wide_as_its_corners_and_keeps_its_ink(x: float, y: float) -> None:
    sheared = warps.linear(block(), warps.sheared(x, y))
    assert sheared.shape[1] == pytest.approx(60 + abs(x) * 24, abs=1.01)
    assert ink(sheared) == pytest.approx(ink(block()) * abs(1 - x * y), rel=0.06)


def test_corners_go_where_they_are_sent() -> None:
    image = np.zeros((20, 40, 3), np.uint8)
    image[:10, :20] = 255
    sent = warps.project(image, [(0, 0), (80, 0), (80, 40), (0, 40)])
    assert sent.shape == (40, 80, 3)
    assert sent[5:15, 5:35].min() == 255 and sent[25:, 45:].max() == 0


def test_a_canvas_never_vanishes() -> None:
    assert warps.project(block(), [(0, 0), (0.1, 0), (0.1, 0.1), (0, 0.1)]).shape == (2, 2, 3)


def test_a_window_slides_over_the_picture_and_shows_grey_beyond_it() -> None:
    slid = warps.slide(block(), ((1, 0, 30), (0, 1, 0)))
    assert np.array_equal(slid[:, :30], block()[:, 30:])
    assert np.all(slid[:, 31:] == 128)


@pytest.mark.parametrize(("bend", "below"), [(0.5, True), (-0.5, False)])
def test_a_bow_lowers_or_lifts_the_middle_against_the_ends(bend: float, below: bool) -> None:
    line = np.full((20, 61, 3), 255, np.uint8)
    line[10] = 0
    bowed = warps.bow(line, bend)
    rows = bowed[..., 0].argmin(axis=0)
    assert bowed.shape[0] == 30
    assert (rows[30] - rows[0], rows[30] - rows[60]) == ((10, 10) if below else (-10, -10))


@given(st.floats(-0.3, 0.3), st.floats(0.2, 3), st.floats(0, 6.3))
def test_a_wave_keeps_the_ink_of_each_column(bend: float, waves: float, phase: float) -> None:
    waved = warps.wave(block(), bend, waves, phase)
    assert waved.shape[1] == 60
    before, after = ((255 - each[..., 0].astype(float)).sum(axis=0) for each in (block(), waved))
    assert np.allclose(before, after, atol=260)


def test_crowding_moves_the_middle_and_holds_the_ends() -> None:
    image = np.zeros((4, 101, 3), np.uint8)
    image[:] = np.arange(101)[None, :, None]
    crowded = warps.crowd(image, 0.6)
    assert crowded.shape == image.shape
    assert (crowded[0, 0, 0], crowded[0, 100, 0]) == (0, 100)
    assert crowded[0, 50, 0] < 45 and np.all(np.diff(crowded[0, :, 0].astype(int)) >= 0)
