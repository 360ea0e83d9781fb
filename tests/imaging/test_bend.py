from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from str_pipelines.imaging.bend import bend, corners_of, thicken
from str_pipelines.imaging.fonts import bundled_fonts
from str_pipelines.imaging.glyphs import draw_line

LATO = next(path for path in bundled_fonts() if path.stem == "Lato-Bold")
WORD = draw_line("Hamburg", LATO, 64)


@settings(max_examples=30, deadline=None)
@given(st.floats(-0.5, 0.5))
def test_letters_stay_in_their_quads_along_the_arc(rise: float) -> None:
    alpha, quads = bend(WORD.alpha, corners_of(WORD.boxes), rise)
    assert alpha.sum(dtype=int) == pytest.approx(WORD.alpha.sum(dtype=int), rel=0.06)
    left = alpha.copy()
    y, x = np.mgrid[: alpha.shape[0], : alpha.shape[1]] + 0.5
    for quad in quads:
        sides = np.roll(quad, -1, axis=0) - quad
        lines = zip(quad, sides, strict=True)
        inside = [sx * (y - qy) - sy * (x - qx) > -2.5 * np.hypot(sx, sy) for (qx, qy), (sx, sy) in lines]
        left[np.logical_and.reduce(inside)] = 0
    assert left.sum(dtype=int) < 0.01 * alpha.sum(dtype=int)


def test_the_middle_rises_or_sinks() -> None:
    middles = {rise: bend(WORD.alpha, corners_of(WORD.boxes), rise)[1].mean(axis=1)[:, 1] for rise in (-0.3, 0.3)}
    ends, centre = {r: (m[0] + m[-1]) / 2 for r, m in middles.items()}, {r: m[3] for r, m in middles.items()}
    assert ends[0.3] - centre[0.3] > 0.15 * WORD.alpha.shape[0] < centre[-0.3] - ends[-0.3] + 20
    assert centre[-0.3] > ends[-0.3]


def test_a_straight_line_is_left_alone() -> None:
    quads = corners_of(WORD.boxes)
    same = bend(WORD.alpha, quads, 0.0)
    assert same[0] is WORD.alpha and same[1] is quads


@pytest.mark.parametrize("growth", [-2, 2, 3])
def test_strokes_grow_on_both_sides(growth: int) -> None:
    bar = draw_line("l", LATO, 64)
    grown = thicken(bar, growth)
    widths = [int((d.alpha[d.alpha.shape[0] // 2] > 127).sum()) for d in (bar, grown)]
    assert widths[1] - widths[0] == growth
    ink = np.flatnonzero(grown.alpha.any(axis=0))
    assert grown.boxes[0, 0] <= ink[0] and ink[-1] + 1 <= grown.boxes[0, 2]
