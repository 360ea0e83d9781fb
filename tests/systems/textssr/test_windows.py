"""A painter looks at all of the word and a latent round it, in sizes that the UNet can halve."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from str_pipelines.imaging.squares import in_square, square_of
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.systems.textssr.config import PUBLISHED, CropParams, NetworkParams, WordSetsParams
from str_pipelines.systems.textssr.regions import gather
from str_pipelines.systems.textssr.windows import window_at, window_sides

from .conftest import TINY

SMALL = NetworkParams()
BOX = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float64)
RIM = SMALL.vae.factor - 1  # a latent, less what is lost by rounding to pixels
lengths = st.floats(8, 300)


@given(lengths, lengths, st.floats(0, 90), st.floats(1, 1.6))
def test_the_word_is_seen_with_a_rim(width: float, height: float, degrees: float, margin: float) -> None:
    turn = np.deg2rad(degrees)
    quad = BOX * (width, height) @ np.array([(np.cos(turn), np.sin(turn)), (-np.sin(turn), np.cos(turn))]) + 400
    sides = window_sides(quad, SMALL)
    local = in_square(quad, square_of(quad, margin), SMALL.resolution)
    window = window_at(local, sides, SMALL.resolution)
    assert (sides % SMALL.grain == 0).all() and sides.max() == SMALL.resolution
    for span, first, last in zip(window, local.min(0)[::-1], local.max(0)[::-1], strict=True):
        assert 0 <= span.start <= max(first - RIM, 0)
        assert min(last + RIM, SMALL.resolution) <= span.stop <= SMALL.resolution


def test_a_flat_word_has_a_flat_window_and_whole_squares_are_looked_at_as_published() -> None:
    quads = np.stack([BOX * (80, 20), BOX * (20, 80), BOX * (20, 20)])
    assert window_sides(quads, SMALL).tolist() == [[48, 128], [128, 48], [128, 128]]
    assert (window_sides(quads, PUBLISHED) == PUBLISHED.resolution).all()


def test_a_sample_is_the_window_of_its_square(rendered: SceneLmdb) -> None:
    squares = gather([rendered.path], WordSetsParams(), CropParams(), TINY)
    looked_at = replace(squares, windows=True)
    groups, shapes = looked_at.alike(0), {}
    for index in range(12):
        square, seen = squares.sample(0, index), looked_at.sample(0, index)
        assert shapes.setdefault(int(groups[index]), seen.picture.shape) == seen.picture.shape
        corner = np.rint(square.quad - seen.quad).astype(int)[0]
        window = tuple(
            slice(start, start + side) for start, side in zip(corner[::-1], seen.picture.shape, strict=False)
        )
        assert square.quad - corner == pytest.approx(seen.quad)
        for whole, part in (
            (square.picture, seen.picture),
            (square.conditions.glyph, seen.conditions.glyph),
            (square.conditions.hole, seen.conditions.hole),
        ):
            assert np.array_equal(whole[window], part)
        assert seen.conditions.hole.astype(int).sum() == square.conditions.hole.astype(int).sum()
    assert len(set(shapes.values())) > 1 and len(set(squares.alike(0).tolist())) == 1
