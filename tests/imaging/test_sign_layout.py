from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from str_pipelines.imaging.fonts import bundled_fonts
from str_pipelines.imaging.quads import inside, is_convex, sides
from str_pipelines.imaging.sign_layout import HIGHEST, LOWEST, distance_apart, fit, ink_box, seen, set_rows, shifts
from str_pipelines.records import Refused

FONTS = bundled_fonts()
SANS = next(font for font in FONTS if font.stem == "DejaVuSans")
TEXTS = st.text("aHgi1-.W", min_size=1, max_size=12)
ROWS = st.lists(st.lists(TEXTS, min_size=1, max_size=3), min_size=1, max_size=3)


@given(ROWS, st.integers(0, 10**6), st.floats(0, 1), st.integers(160, 320))
def test_words_stay_apart_upright_and_inside(rows: list[list[str]], seed: int, share: float, side: int) -> None:
    rng = np.random.default_rng(seed)
    sign = seen(set_rows(rows, FONTS[seed % len(FONTS)], 0.94, rng), rng)
    assert len(sign.quads) == sum(map(len, rows)) and all(is_convex(quad) for quad in (*sign.quads, sign.board))
    assert all(distance_apart(one, other) > 0 for one, other in combinations(sign.quads, 2))
    try:
        sign = fit(sign, side, share)
    except Refused as refused:
        assert refused.reason in ("no_room", "too_narrow")
        return
    heights = [sides(quad)[1] for quad in sign.quads]
    assert LOWEST - 1e-6 <= min(heights) and max(heights) <= HIGHEST * side + 1e-6
    for shift in shifts(sign, side, 5, rng):
        moved = sign.moved(1, shift)
        assert moved.quads.min() >= -1e-6 and moved.quads.max() <= side + 1e-6
        assert all(inside(quad, side, side) > 1 - 1e-6 for quad in moved.quads)


def test_a_row_stands_on_one_line_and_a_box_is_as_high_as_its_ink() -> None:
    quads = set_rows([["HO", "xg"]], SANS, 1.0, np.random.default_rng(0)).quads
    capital, small = (ink_box(text, SANS) for text in ("HO", "xg"))
    assert capital[1] < small[1] < 0 < small[2] and abs(capital[2]) < 0.05
    heights = [np.ptp(quad[:, 1]) for quad in quads]
    assert heights == pytest.approx([capital[2] - capital[1], small[2] - small[1]])
    assert quads[1, 2, 1] - quads[0, 2, 1] == pytest.approx(small[2] - capital[2])


def test_a_dash_and_a_narrow_letter_get_room() -> None:
    length, top, bottom = ink_box("-", SANS)
    assert bottom - top == pytest.approx(0.3, abs=0.02)
    length, top, bottom = ink_box("l", SANS)
    assert length > 0.8 * (bottom - top)


def test_more_share_is_larger_and_too_much_text_is_refused() -> None:
    rng = np.random.default_rng(2)
    sign = set_rows([["Hall"], ["No", "4"]], SANS, 0.94, rng)
    small, large = (np.ptp(fit(sign, 200, share).quads[..., 0]) for share in (0, 1))
    assert 2 * small < large <= 200
    assert min(sides(quad)[1] for quad in fit(sign, 200, 0).quads) == pytest.approx(LOWEST)
    with pytest.raises(Refused, match="no_room"):
        fit(set_rows([["incomprehensible"] * 3], SANS, 0.94, rng), 160, 0.5)


@given(st.floats(-40, 40), st.floats(-40, 40))
def test_distance_apart_has_the_sign_of_touching(x: float, y: float) -> None:
    square = np.array([(0, 0), (10, 0), (10, 10), (0, 10)], np.float64)
    expected = max(abs(x), abs(y)) - 10
    assert distance_apart(square, square + (x, y)) == pytest.approx(expected)
    assert distance_apart(square + (x, y), square) == pytest.approx(expected)


def test_turned_squares_may_be_apart_though_their_boxes_touch() -> None:
    square = np.array([(0, 0), (10, 0), (10, 10), (0, 10)], np.float64)
    diamond = np.array([(15, 5), (25, 15), (15, 25), (5, 15)], np.float64)
    assert distance_apart(square, diamond) == pytest.approx(0, abs=1e-9)
    assert 0 < distance_apart(square, diamond + 1) < 2
