from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from str_pipelines.imaging.fonts import bundled_fonts, covers
from str_pipelines.imaging.glyphs import word_alpha
from str_pipelines.imaging.typeset import choose_font, natural_aspect, place, set_text, stroke_share
from str_pipelines.records import Refused

FONTS = {path.stem: path for path in bundled_fonts()}
LATO = FONTS["Lato-Regular"]


def chosen(text: str, aspect: float, height: float, candidates: int, seed: int = 0) -> str:
    rng = np.random.default_rng(seed)
    return choose_font(list(FONTS.values()), text, aspect, height, rng, candidates).stem


def test_among_all_fonts_the_narrow_quad_gets_the_narrow_one() -> None:
    assert chosen("HAMBURG", 1.8, 60, len(FONTS)).startswith("AmaticSC")
    assert natural_aspect("Hamburg", FONTS[chosen("Hamburg", 6.5, 60, len(FONTS))]) > 5


def test_hairlines_are_not_for_small_words() -> None:
    for seed in range(20):
        assert stroke_share(FONTS[chosen("Hamburg", 4.2, 12, 12, seed)]) > 0.09


def test_the_lot_falls_by_seed_on_many_fonts() -> None:
    lots = [chosen("Hamburg", 4.2, 40, 4, seed) for seed in range(40)]
    assert lots == [chosen("Hamburg", 4.2, 40, 4, seed) for seed in range(40)] and len(set(lots)) > 12


def test_only_fonts_that_cover_the_text_are_drawn() -> None:
    for seed in range(10):
        assert covers(FONTS[chosen("Жук", 2.5, 40, 2, seed)], "Жук")
    with pytest.raises(Refused) as refused:
        chosen("漢字", 2, 40, 4)
    assert refused.value.reason == "no_font"


@pytest.mark.parametrize("text", ["Hamburg", "ILLINOIS", "wow", "1984"])
def test_the_natural_aspect_is_that_of_the_drawing(text: str) -> None:
    for stem in ("Lato-Regular", "DejaVuSans-Bold", "AmaticSC-Bold", "STIXGeneralItalic"):
        alpha = word_alpha(text, FONTS[stem], 64)
        assert natural_aspect(text, FONTS[stem]) == pytest.approx(alpha.shape[1] / alpha.shape[0], rel=0.15)


def test_strokes_grow_with_the_weight_of_the_face() -> None:
    shares = [stroke_share(FONTS[f"Lato-{weight}"]) for weight in ("Thin", "Light", "Regular", "Bold", "Black")]
    assert shares == sorted(shares) and shares[0] < 0.06 and 0.15 < shares[-1] < 0.25


@settings(max_examples=60, deadline=None)
@given(
    text=st.sampled_from(("word", "I", "Wimbledon", "-", "a.b")), length=st.floats(10, 400), height=st.floats(8, 120)
)
def test_text_fits_its_box_without_more_stretching_than_allowed(text: str, length: float, height: float) -> None:
    alpha, wide, high = set_text(text, LATO, length, height, 1.25, 0.3)
    assert wide <= length * 1.001 and high <= height * 1.001 and min(wide, high) > 0
    assert 1 / 1.251 < wide / high / (alpha.shape[1] / alpha.shape[0]) < 1.251
    assert high == pytest.approx(height) or wide == pytest.approx(length)


def test_a_long_quad_sets_letters_apart_before_it_leaves_room() -> None:
    plain = word_alpha("word", LATO, 64).shape[1]
    assert set_text("word", LATO, 150, 28, 1.25, 0.3)[0].shape[1] > plain
    assert set_text("word", LATO, 100, 28, 1.25, 0.3)[0].shape[1] == plain


def test_a_dash_is_not_blown_up() -> None:
    alpha, wide, high = set_text("-", LATO, 60, 30, 1.25, 0.3)
    rows = np.flatnonzero(alpha.any(axis=1))
    assert (rows[-1] - rows[0] + 1) / alpha.shape[0] < 0.4 and high <= 30 and wide < 40


def test_places_follow_the_frame() -> None:
    frame = np.array([(10, 10), (50, 10), (50, 30), (10, 30)], np.float64)
    middle = np.array([(0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75)])
    assert place(frame, middle) == pytest.approx(np.array([(20, 15), (40, 15), (40, 25), (20, 25)]))
    assert place(frame[[1, 2, 3, 0]], middle)[0] == pytest.approx((40, 15))
