from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from str_pipelines.imaging import shaping
from str_pipelines.imaging.fonts import bundled_fonts
from str_pipelines.imaging.frames import place, reading_frame, warp_alpha
from str_pipelines.imaging.glyphs import word_alpha
from str_pipelines.imaging.quads import area, is_convex
from str_pipelines.records import Refused

FONTS = {path.stem: path for path in bundled_fonts()}
LATO = FONTS["Lato-Regular"]


def box(x: float, y: float, width: float, height: float) -> np.ndarray:
    return np.array([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], np.float64)


def test_a_word_lies_in_its_quad_like_a_slice() -> None:
    alpha = word_alpha("Hill", LATO, 64)
    height, width = alpha.shape
    warped = warp_alpha(alpha, box(3, 5, width, height), (height + 9, width + 9)).astype(int)
    off = {(x, y): np.abs(warped[y : y + height, x : x + width] - alpha).mean() for x in (2, 3, 4) for y in (4, 5, 6)}
    assert off[3, 5] < 8 and off[3, 5] == min(off.values())
    assert not warped[:4].any() and not warped[:, :2].any() and not warped[6 + height :].any()


def test_the_first_corner_is_the_top_left_of_the_text() -> None:
    alpha = np.zeros((20, 40), np.uint8)
    alpha[:10, :20] = 255  # the top left quarter
    turned = warp_alpha(alpha, np.roll(box(0, 0, 20, 40), -1, axis=0), (40, 20))  # begins at the top right, reads down
    assert turned[1:19, 11:19].min() > 250 and turned[22:].max() == 0 and turned[:, :8].max() == 0


def test_what_leaves_the_picture_is_cut_off() -> None:
    alpha = np.full((10, 30), 255, np.uint8)
    assert warp_alpha(alpha, box(-15, -5, 30, 10), (20, 20))[:4, :14].min() > 250
    assert not warp_alpha(alpha, box(40, 40, 30, 10), (20, 20)).any()


@settings(max_examples=60, deadline=None)
@given(
    height=st.floats(8, 120),
    aspect=st.floats(3.2, 5.8),  # as far as letters are stretched
    angle=st.floats(-3.1, 3.1),
    bends=st.lists(st.floats(-0.1, 0.1), min_size=8, max_size=8),
    stem=st.sampled_from(("Lato-Thin", "SourceSerifPro-ExtraLight", "DejaVuSans-Bold", "AmaticSC-Regular")),
)
def test_ink_is_kept_in_any_quad(height: float, aspect: float, angle: float, bends: list[float], stem: str) -> None:
    alpha = word_alpha("Hamburg", FONTS[stem], round(2 * height))
    turn = np.array([(np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))])
    quad = (box(0, 0, aspect * height, height) + height * np.reshape(bends, (4, 2))) @ turn
    quad += 3 - quad.min(axis=0)
    shape = tuple(int(side) + 4 for side in quad.max(axis=0)[::-1])
    local = _local_area(quad, alpha.shape)  # how much each pixel of the drawing covers in the quad
    expected = (alpha / 255 * local).sum()
    assert 0.88 < warp_alpha(alpha, quad, shape).sum() / 255 / expected < 1.12


def _local_area(quad: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Area in the quad of every pixel of a drawing: determinant of the homography's Jacobian."""
    import cv2

    h, w = shape
    corners = np.array([(0, 0), (w, 0), (w, h), (0, h)], np.float32)
    to_quad = cv2.getPerspectiveTransform(corners, quad.astype(np.float32))
    y, x = np.mgrid[:h, :w] + 0.5
    depth = to_quad[2, 0] * x + to_quad[2, 1] * y + to_quad[2, 2]
    return np.linalg.det(to_quad) / depth**3


def test_a_frame_reads_along_its_longer_side_only_when_it_is_tall() -> None:
    flat, tall, squarish = box(5, 5, 80, 20), box(5, 5, 20, 80), box(5, 5, 40, 55)
    assert np.array_equal(reading_frame(flat, "word").corners, flat) and reading_frame(flat, "word")[1:3] == (80, 20)
    assert np.array_equal(reading_frame(squarish, "word").corners, squarish)
    frame = reading_frame(tall, "word")
    assert frame[1:] == (80, 20, False) and np.array_equal(frame.corners, tall[[1, 2, 3, 0]])
    assert (frame.line, frame.aspect) == (20, 4)


@pytest.mark.parametrize(("text", "stacked"), [("漢字", True), ("第3番", True), ("한국", True), ("word", False)])
def test_characters_stand_upright_in_a_column_where_the_script_does_so(text: str, stacked: bool) -> None:
    tall = box(5, 5, 20, 80)
    frame = reading_frame(tall, text)
    assert frame.stacked == stacked and (frame.line, frame.aspect) == (20, 4)
    assert np.array_equal(frame.corners, tall) == stacked
    assert not reading_frame(box(5, 5, 80, 20), text).stacked


def test_what_must_be_shaped_is_refused_where_that_cannot_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shaping, "SHAPES", False)
    for text in ("سلام", "हिन्दी", "e\u0301"):
        with pytest.raises(Refused, match=r"needs_raqm: .*libfribidi0"):
            reading_frame(box(0, 0, 80, 20), text)
    assert reading_frame(box(0, 0, 80, 20), "漢字 é").length == 80


def test_marks_take_no_room() -> None:
    assert reading_frame(box(0, 0, 15, 10), "e\u0301" * 4).length == 15
    with pytest.raises(Refused, match="text_too_long"):
        reading_frame(box(0, 0, 15, 10), "eeeee")


@pytest.mark.parametrize(
    ("quad", "text", "reason"),
    [
        (box(0, 0, 40, 7), "word", "quad_too_small"),
        (box(0, 0, 40, 12), "a long sentence", "text_too_long"),
        (box(0, 0, 40, 12)[::-1], "word", "quad_malformed"),
        (np.array([(0, 0), (40, 0), (10, 4), (0, 20)], float), "word", "quad_malformed"),
        (np.array([(0, 0), (40, 0), (0, 12), (40, 12)], float), "word", "quad_malformed"),
        (box(0, 0, 30, 0.4), "word", "quad_degenerate"),
        (np.full((4, 2), np.nan), "word", "quad_malformed"),
        (box(0, 0, 9000, 900), "word", "word_too_large"),
        (box(0, 0, 40, 12), "", "text_blank"),
        (box(0, 0, 40, 12), "  ", "text_blank"),
    ],
)
def test_hopeless_frames_are_refused(quad: np.ndarray, text: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        reading_frame(quad, text)
    assert refused.value.reason == reason


@given(st.lists(st.tuples(st.floats(0, 60), st.floats(0, 60)), min_size=4, max_size=4))
def test_every_frame_that_is_taken_is_convex_and_clockwise(points: list[tuple[float, float]]) -> None:
    try:
        frame = reading_frame(np.array(points), "a")
    except Refused:
        return
    assert is_convex(frame.corners) and area(frame.corners) >= 16 and frame.height <= 1.5 * frame.length + 1


def test_places_follow_the_frame() -> None:
    frame = np.array([(10, 10), (50, 10), (50, 30), (10, 30)], np.float64)
    middle = np.array([(0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75)])
    assert place(frame, middle) == pytest.approx(np.array([(20, 15), (40, 15), (40, 25), (20, 25)]))
    assert place(frame[[1, 2, 3, 0]], middle)[0] == pytest.approx((40, 15))
    assert place(frame, np.stack([middle, middle]))[1] == pytest.approx(place(frame, middle))
