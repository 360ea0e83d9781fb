from __future__ import annotations

import numpy as np
import pytest

from str_pipelines.imaging.fonts import bundled_fonts
from str_pipelines.imaging.glyphs import word_alpha
from str_pipelines.imaging.light import mix, soften
from str_pipelines.imaging.poisson import blend_gradients

LATO = next(path for path in bundled_fonts() if path.stem == "Lato-Bold")
ALPHA = np.pad(word_alpha("Hamburg", LATO, 60), 14)
SHAPE = (*ALPHA.shape, 3)
RNG = np.random.default_rng(0)


def letters(ground: np.ndarray, ink: float) -> np.ndarray:
    return mix(ground, np.full_like(ground, ink), soften(ALPHA, 0.5))


def laplacian(picture: np.ndarray) -> np.ndarray:
    inner = picture[1:-1, 1:-1]
    return picture[2:, 1:-1] + picture[:-2, 1:-1] + picture[1:-1, 2:] + picture[1:-1, :-2] - 4 * inner


def test_on_an_even_ground_letters_are_what_they_were() -> None:
    ground = np.full(SHAPE, 180, np.float32)
    drawn = letters(ground, 40)
    assert blend_gradients(ground, drawn) == pytest.approx(drawn, abs=0.05)


def test_where_nothing_is_drawn_nothing_changes() -> None:
    ground = RNG.uniform(60, 200, SHAPE).astype(np.float32)
    assert blend_gradients(ground, ground) == pytest.approx(ground, abs=0.01)


def test_the_border_is_that_of_the_ground() -> None:
    ground, drawn = RNG.uniform(0, 255, (2, *SHAPE)).astype(np.float32)
    blended = blend_gradients(ground, drawn)
    for border in (np.s_[0], np.s_[-1], np.s_[:, 0], np.s_[:, -1]):
        assert np.array_equal(blended[border], ground[border])


def test_gradients_are_those_that_are_stronger() -> None:
    """Checked by the equation that was to be solved."""
    ground, drawn = RNG.uniform(0, 255, (2, 21, 34, 3)).astype(np.float32)
    wanted = np.zeros((19, 32, 3))
    for axis in (0, 1):
        steps = np.stack([np.diff(picture, axis=axis) for picture in (ground, drawn)])
        stronger = np.take_along_axis(steps, np.abs(steps).argmax(axis=0)[None], axis=0)[0]
        wanted += np.diff(stronger, axis=axis)[1:-1] if axis else np.diff(stronger, axis=axis)[:, 1:-1]
    assert laplacian(blend_gradients(ground, drawn)) == pytest.approx(wanted, abs=0.05)


def test_the_pattern_of_the_ground_goes_on_through_the_letters() -> None:
    rows = np.arange(SHAPE[0])[:, None, None] // 4 % 2
    ground = np.broadcast_to((140 + 30 * rows).astype(np.float32), SHAPE).copy()
    inside = soften(ALPHA, 0.5) > 0.99
    flat, through = letters(ground, 20), blend_gradients(ground, letters(ground, 20))
    assert flat[inside].std() < 1 < 8 < through[inside].std()
    assert through[inside].mean() < ground[inside].mean() - 50
