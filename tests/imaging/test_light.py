from __future__ import annotations

import cv2
import numpy as np
import pytest

from str_pipelines.imaging.fonts import bundled_fonts
from str_pipelines.imaging.glyphs import word_alpha
from str_pipelines.imaging.light import add_effect, blur_sigma, cast_shadow, draw_outline, luma, mix, shading, soften

LATO = next(path for path in bundled_fonts() if path.stem == "Lato-Regular")


def coverage(size: int = 60) -> np.ndarray:
    return np.pad(word_alpha("Hamburg", LATO, size), 12)


def grey(level: float, like: np.ndarray) -> np.ndarray:
    return np.full((*like.shape, 3), level, np.float32)


@pytest.mark.parametrize("sigma", [0.0, 0.7, 1.2, 2.0, 3.0])
@pytest.mark.parametrize("contrast", [60, 200])
def test_the_blur_of_letters_is_measured(sigma: float, contrast: int) -> None:
    share = soften(coverage(120), sigma)[..., None]
    scene = (230 - contrast * np.repeat(share, 3, axis=2)).astype(np.uint8)
    assert blur_sigma(scene) == pytest.approx(sigma, rel=0.25, abs=0.3)


def test_without_edges_the_blur_is_the_default() -> None:
    flat = np.random.default_rng(0).integers(100, 110, (40, 90, 3), np.uint8)
    assert blur_sigma(flat) == 0.6 and blur_sigma(flat, default=1.0) == 1.0


def test_softening_moves_ink_but_keeps_it() -> None:
    alpha = coverage()
    soft = soften(alpha, 2.0)
    assert soft.dtype == np.float32 and soft.sum() == pytest.approx(alpha.sum() / 255, rel=0.01) and soft.max() < 1
    assert soften(alpha, 0.0) == pytest.approx(alpha / 255, abs=1e-6)


def test_mixing_takes_each_side_where_its_share_is_whole() -> None:
    alpha = coverage()
    mixed = mix(grey(40, alpha), grey(200, alpha), soften(alpha, 0))
    assert mixed[alpha == 0] == pytest.approx(40, abs=0.1) and mixed[alpha == 255] == pytest.approx(200, abs=0.1)


def test_shading_follows_the_light_and_stays_near_one() -> None:
    ground = np.tile(np.linspace(60, 200, 240, dtype=np.float32)[None, :, None], (60, 1, 3))
    light = shading(ground, 30, np.random.default_rng(0))
    assert light.shape == (60, 240) and light[:, 200:].mean() > 1.1 * light[:, :40].mean()
    assert 0.6 < light.min() and light.max() < 1.4
    even = shading(np.full_like(ground, 120), 30, np.random.default_rng(0))
    assert np.abs(even - 1).max() < 0.09


def test_a_shadow_only_darkens_and_only_beside_the_letters() -> None:
    alpha = np.pad(coverage(), 20)
    picture = grey(150, alpha)
    shaded = cast_shadow(picture, alpha, 44, 0.5, np.random.default_rng(1))
    assert (shaded <= picture + 0.01).all() and shaded.min() < 110
    far = cv2.dilate(alpha, np.ones((31, 31), np.uint8)) == 0
    assert shaded[far] == pytest.approx(150, abs=0.1)


def test_an_outline_is_as_wide_as_told() -> None:
    alpha = np.zeros((60, 60), np.uint8)
    alpha[20:40, 20:40] = 255
    ringed = draw_outline(grey(100, alpha), alpha, np.array([250, 0, 0], np.float32), 4, 0.0)
    assert ringed[30, 16] == pytest.approx([250, 0, 0], abs=0.1) and ringed[30, 15] == pytest.approx([100] * 3, abs=0.1)


@pytest.mark.parametrize("ink", [(10, 20, 30), (250, 240, 230)])
def test_an_effect_sets_letters_off(ink: tuple[int, ...]) -> None:
    alpha, colour = coverage(), np.array(ink, np.float32)
    for seed in range(6):
        changed = add_effect(grey(128, alpha), alpha, colour, 44, 5, 0.5, np.random.default_rng(seed))
        near = (np.abs(changed - 128).max(axis=2) > 20) & (alpha == 0)
        assert near.any() and np.abs(luma(changed[near]) - luma(colour)).mean() > abs(128 - luma(colour))
