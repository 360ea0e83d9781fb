from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from str_pipelines.imaging.fonts import bundled_fonts, covers
from str_pipelines.imaging.frames import Frame
from str_pipelines.imaging.glyphs import word_alpha
from str_pipelines.imaging.typeset import choose_font, natural_aspect, set_text, stroke_share
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


def flat(length: float, height: float, stacked: bool = False) -> Frame:
    corners = np.array([(0, 0), (length, 0), (length, height), (0, height)], np.float64)
    return Frame(corners, int(length), int(height), stacked)


@settings(max_examples=60, deadline=None)
@given(
    text=st.sampled_from(("word", "I", "Wimbledon", "-", "a.b")),
    length=st.integers(10, 400),
    height=st.integers(8, 120),
    stacked=st.booleans(),
    rise=st.floats(-0.3, 0.3),
)
def test_text_fits_its_frame_without_more_stretching_than_allowed(
    text: str, length: int, height: int, stacked: bool, rise: float
) -> None:
    setting = set_text(text, LATO, flat(length, height, stacked), stretch=1.25, spacing=0.3, rise=rise)
    (h, w), wide, high = setting.alpha.shape, setting.length, setting.height
    assert wide <= length * 1.001 and high <= height * 1.001 and min(wide, high) > 0
    assert 1 / 1.251 < wide / high / (w / h) < 1.251
    assert high == pytest.approx(height) or wide == pytest.approx(length)
    assert setting.quads.min() > -2 and (setting.quads.max(axis=(0, 1)) < (w + 2, h + 2)).all()


def test_a_long_quad_sets_letters_apart_before_it_leaves_room() -> None:
    plain = word_alpha("word", LATO, 48).shape[1]
    long, short = (set_text("word", LATO, flat(length, 28), stretch=1.25, spacing=0.3) for length in (150, 100))
    assert long.alpha.shape[1] > plain == short.alpha.shape[1]


def test_a_dash_is_not_blown_up() -> None:
    setting = set_text("-", LATO, flat(60, 30), stretch=1.25, spacing=0.3)
    rows = np.flatnonzero(setting.alpha.any(axis=1))
    assert (rows[-1] - rows[0] + 1) / setting.alpha.shape[0] < 0.4 and setting.height <= 30 and setting.length < 40
    assert setting.quads[0, :, 1] == pytest.approx([rows[0], rows[0], rows[-1] + 1, rows[-1] + 1])


def test_growth_makes_strokes_bolder_or_lighter() -> None:
    ink = [set_text("word", LATO, flat(150, 40), growth=g).alpha.mean() for g in (-0.03, 0.0, 0.05)]
    assert ink[0] < 0.9 * ink[1] and ink[2] > 1.1 * ink[1]
