"""Words that stick out of a photograph are cut to what is seen of them, or refused."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from str_pipelines.imaging.crop import rectify
from str_pipelines.records import Refused
from str_pipelines.sources.demo_raw import upright_box
from str_pipelines.sources.word_crops import cut_axis_aligned, cut_perspective

IMAGE = cv2.GaussianBlur(np.random.default_rng(0).integers(0, 256, (120, 160, 3), dtype=np.uint8), (5, 5), 0)
CUTS = [cut_axis_aligned, cut_perspective]


def box(*numbers: float) -> NDArray[np.float64]:
    return upright_box(*numbers).astype(np.float64)


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize(
    ("left", "top", "shown"),
    [
        (20, 30, (slice(30, 60), slice(20, 80))),
        (-3, 30, (slice(30, 60), slice(0, 57))),
        (102, 30, (slice(30, 60), slice(102, 160))),
        (20, -2, (slice(0, 28), slice(20, 80))),
        (20, 91, (slice(91, 120), slice(20, 80))),
    ],
)
def test_what_is_inside_comes_pixel_by_pixel(cut, left: float, top: float, shown: tuple[slice, slice]) -> None:  # type: ignore[no-untyped-def]
    assert np.array_equal(cut(IMAGE, box(left, top, 60, 30), 0.9), IMAGE[shown])


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize(
    ("numbers", "reason", "said"),
    [
        ((-12, 30, 60, 30), "outside_picture", r"0\.80 of the word is inside, 0\.9 wanted"),
        ((300, 30, 60, 30), "outside_picture", r"0\.00 of"),
        ((-90, -50, 400, 300), "outside_picture", r"0\.16 of"),
        ((1e30, 30, 60, 30), "polygon_no_area|outside_picture", ""),
        ((20, 30, 0, 30), "polygon_no_area", "0 square"),
        ((20, 30, 0.1, 0.1), "polygon_no_area", "square"),
    ],
)
def test_less_than_what_is_wanted_is_refused(cut, numbers: tuple[float, ...], reason: str, said: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(Refused, match=f"({reason}).*{said}"):
        cut(IMAGE, box(*numbers), 0.9)


def test_the_share_is_a_parameter() -> None:
    assert cut_axis_aligned(IMAGE, box(-30, 30, 60, 30), 0.5).shape == (30, 30, 3)


def test_a_turned_word_is_laid_upright() -> None:
    quad = box(60, 20, 70, 20, 30)
    assert np.array_equal(cut_perspective(IMAGE, quad, 0.9), rectify(IMAGE, quad))
    left, top = np.floor(quad.min(axis=0)).astype(int)
    right, bottom = np.ceil(quad.max(axis=0)).astype(int)
    assert np.array_equal(cut_axis_aligned(IMAGE, quad, 0.9), IMAGE[top:bottom, left:right])


def test_a_turned_word_over_the_border_loses_what_nobody_sees() -> None:
    quad = box(137, 20, 36, 16, 20)  # its right end is outside
    word, whole = cut_perspective(IMAGE, quad, 0.5), rectify(IMAGE, quad)
    assert word.shape[1] < whole.shape[1] and word.shape[0] == whole.shape[0]
    assert np.array_equal(word, whole[:, : word.shape[1]])


def test_corners_the_other_way_round_are_no_word_to_be_laid_upright() -> None:
    with pytest.raises(Refused, match="quad_malformed"):
        cut_perspective(IMAGE, box(20, 30, 60, 30)[::-1], 0.9)


@pytest.mark.parametrize("cut", CUTS)
@given(
    numbers=st.tuples(st.floats(-60, 180), st.floats(-60, 140), st.floats(0, 150), st.floats(0, 90), st.floats(0, 360)),
    least=st.floats(0.01, 1),
)
def test_any_box_gives_pixels_or_a_reason(cut, numbers: tuple[float, ...], least: float) -> None:  # type: ignore[no-untyped-def]
    try:
        word = cut(IMAGE, box(*numbers), least)
    except Refused as refused:
        assert refused.reason in ("outside_picture", "polygon_no_area", "quad_malformed") and refused.detail
    else:
        assert word.shape[0] >= 1 and word.shape[1] >= 1 and word.dtype == np.uint8
