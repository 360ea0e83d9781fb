from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from str_pipelines.imaging.fill import compress, fill_letters, noise, ramp, second_colour, soak, unevenness
from str_pipelines.imaging.light import luma

SHAPE = (40, 120)
FLAT, ONES = np.zeros(SHAPE, np.float32), np.ones(SHAPE, np.float32)
INK, GROUND = np.array([30, 40, 90], np.float32), np.array([200, 190, 170], np.float32)
colours = st.tuples(*[st.integers(0, 255)] * 3).map(lambda c: np.array(c, np.float32))


def test_plain_letters_have_their_colour_in_the_light_of_the_scene() -> None:
    letters = fill_letters(INK, GROUND, 1.2 * ONES, FLAT + 3, 30, "plain", np.random.default_rng(0))
    assert letters == pytest.approx(np.broadcast_to(1.2 * INK + 3, (*SHAPE, 3)), abs=0.01)


def test_a_gradient_goes_from_one_colour_to_another() -> None:
    letters = fill_letters(INK, GROUND, ONES, FLAT, 30, "gradient", np.random.default_rng(1))
    assert np.ptp(letters, axis=(0, 1)).max() > 15
    assert np.abs(np.diff(letters, axis=0)).max() < 12  # smooth


def test_texture_is_uneven_but_not_on_the_whole() -> None:
    for seed in range(5):
        letters = fill_letters(INK + 80, GROUND, ONES, FLAT, 30, "texture", np.random.default_rng(seed))
        assert letters.std(axis=(0, 1)).min() > 3 and np.abs(letters.mean(axis=(0, 1)) - INK - 80).max() < 15


def test_the_photograph_s_relief_may_be_the_texture() -> None:
    relief = np.zeros(SHAPE, np.float32)
    relief[:10] = 40
    found = [unevenness(relief, 30, np.random.default_rng(seed)) for seed in range(10)]
    assert any(abs(np.corrcoef(relief[::-1].ravel(), f.ravel())[0, 1]) > 0.9 for f in found)


@settings(max_examples=60)
@given(colours, colours, st.integers(0, 99))
def test_the_second_colour_stays_clear_of_the_ground(ink: np.ndarray, ground: np.ndarray, seed: int) -> None:
    other = second_colour(ink, ground, np.random.default_rng(seed))
    before, after = float(luma(ink) - luma(ground)), float(luma(other) - luma(ground))
    assert abs(after) > 0.6 * abs(before) - 25 and (other >= 0).all() and (other <= 255).all()


@settings(max_examples=40)
@given(colours, colours, st.floats(0, 1))
def test_soaked_ink_never_comes_nearer_to_the_ground(ink: np.ndarray, ground: np.ndarray, share: float) -> None:
    letters, under = (np.broadcast_to(c, (*SHAPE, 3)).astype(np.float32) for c in (ink, ground))
    soaked = soak(letters, under, ink, share)[0, 0]
    dark = luma(ink) < luma(ground)
    assert ((soaked <= ink + 0.1) if dark else (soaked >= ink - 0.1)).all()


def test_soaked_ink_shows_the_pattern_of_its_ground() -> None:
    under = np.repeat(100 + 80 * (np.indices(SHAPE)[1] % 10 < 5)[..., None], 3, axis=2).astype(np.float32)
    letters = np.full((*SHAPE, 3), 230, np.float32)
    assert soak(letters, under, letters[0, 0], 0.8)[..., 0].std() > 2 > letters.std()


def test_noise_has_its_scale_and_strength() -> None:
    fine, coarse = (noise((200, 300), cell, np.random.default_rng(0)) for cell in (2, 25))
    assert 0.6 < fine.std() < 1.4 and 0.5 < coarse.std() < 1.6
    assert np.abs(np.diff(fine)).mean() > 5 * np.abs(np.diff(coarse)).mean()


def test_a_ramp_spans_zero_to_one() -> None:
    for seed in range(5):
        slope = ramp(SHAPE, np.random.default_rng(seed))
        assert slope.shape == SHAPE and slope.min() < 0.1 and slope.max() > 0.9


def test_jpeg_keeps_colours_and_loses_detail() -> None:
    picture = np.broadcast_to(np.array([250, 60, 20], np.uint8), (*SHAPE, 3)).copy()
    assert np.abs(compress(picture, 80).astype(int) - picture).max() < 6
    noisy = np.repeat(np.random.default_rng(0).integers(60, 200, (*SHAPE, 1), np.uint8), 3, axis=2)
    lost = [np.abs(compress(noisy, quality).astype(int) - noisy).mean() for quality in (95, 60)]
    assert lost[1] > 2 * lost[0]
