"""Glyphs fill their quads in the annotator's direction, keep their ink, and say which characters in which order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from str_pipelines.imaging.fonts import bundled_fonts
from str_pipelines.imaging.glyphs import draw_line
from str_pipelines.imaging.quads import area
from str_pipelines.records import Refused
from str_pipelines.systems.textssr.conditions import cell_of, conditions_of, font_for

FONT = next(path for path in bundled_fonts() if path.stem == "DejaVuSans-Bold")
SIDE = 128


def quad(length: float, height: float, degrees: float) -> np.ndarray:
    turn = np.radians(degrees)
    box = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (length / 2, height / 2)
    return box @ np.array([(np.cos(turn), np.sin(turn)), (-np.sin(turn), np.cos(turn))]) + SIDE / 2


@settings(max_examples=40, deadline=None)
@given(st.floats(60, 84), st.floats(16, 40), st.floats(0, 360))
def test_ink_and_hole_are_where_the_quad_is(length: float, height: float, degrees: float) -> None:
    corners = quad(length, height, degrees)
    found = conditions_of("HELD", corners, SIDE, 32, FONT)
    assert abs(found.hole.sum() / 255 - area(corners)) < 0.05 * area(corners)
    assert (found.glyph[found.hole == 0] < 64).all()
    drawn = draw_line("HELD", FONT, 64).alpha
    share = found.glyph.sum() / 255 / area(corners)
    assert share == pytest.approx(drawn.mean() / 255, rel=0.05)  # the reference keeps 75 to 85 % of the ink


@pytest.mark.parametrize("degrees", [0, 3, 90, 177, 180, -90])
def test_the_text_begins_where_the_annotator_began(degrees: float) -> None:
    """An L is heavy at its beginning and its foot, whichever way the quad is turned."""
    corners = quad(40, 34, degrees)
    ink = conditions_of("L", corners, SIDE, 32, FONT).glyph.astype(float)
    y, x = np.indices(ink.shape)
    middle = np.array([(ink * x).sum(), (ink * y).sum()]) / ink.sum() - SIDE / 2
    foot = corners[3] - SIDE / 2
    assert middle @ foot / np.linalg.norm(foot) > 1


def test_cells_say_which_characters_and_in_which_order() -> None:
    cells = conditions_of("ABA", quad(80, 30, 0), SIDE, 32, FONT).cells
    assert cells.shape == (25, 32, 32) and (cells[3:] == 255).all()
    assert [int(cell.min()) for cell in cells[:3]] == [0, 5, 10]  # the grey ramp
    first, third = (255 - cells[k].astype(int) for k in (0, 2))
    assert np.abs(first * (245 / 255) - third).max() <= 1
    ink = np.argwhere(cell_of("g", 32, FONT) > 0)
    assert np.abs(ink.min(0) + ink.max(0) - 31).max() <= 1  # in the middle, tails and all
    assert not cell_of(" ", 32, FONT).any()


def test_what_cannot_be_said_is_refused() -> None:
    with pytest.raises(Refused, match="text_too_long"):
        conditions_of("A" * 26, quad(120, 30, 0), SIDE, 32, FONT)
    with pytest.raises(Refused, match="quad_too_small"):
        conditions_of("A", quad(80, 6, 0), SIDE, 32, FONT)
    with pytest.raises(Refused, match="no_font"):
        font_for("水", [FONT])
    assert font_for("water", [FONT]) == FONT
