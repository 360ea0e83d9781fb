from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from str_pipelines.imaging.ink import colour_at_border, part_ink, pixels_at, sample

DISTANCE = np.minimum.outer(np.minimum(np.arange(40), np.arange(40)[::-1]), np.full(200, 99)).astype(np.float32) - 9.5
"""A band 20 pixels high across the middle of a picture, 40 by 200."""


def picture(ground: int, ink: int, stroke: int = 3, rows: slice = slice(13, 27)) -> np.ndarray:
    """Upright bars in the core of the band."""
    scene = np.full((40, 200, 3), ground, np.uint8)
    bars = (np.arange(200) // stroke) % 3 == 0
    scene[rows, bars] = ink
    return scene


@pytest.mark.parametrize(("ground", "ink"), [(30, 220), (220, 30), (100, 130), (130, 100)])
def test_bars_are_ink(ground: int, ink: int) -> None:
    found = part_ink(picture(ground, ink), DISTANCE, 20)
    assert found[1] is not None
    assert np.abs(found[0] - ground).max() <= 1 and np.abs(found[1] - ink).max() <= 1


@pytest.mark.parametrize(("ground", "ink"), [(100, 100), (100, 105)])
def test_what_nobody_sees_is_no_ink(ground: int, ink: int) -> None:
    assert part_ink(picture(ground, ink), DISTANCE, 20)[1] is None


def test_bars_that_go_on_beyond_the_band_are_texture() -> None:
    assert part_ink(picture(90, 150, rows=slice(0, 40)), DISTANCE, 20)[1] is None


def test_a_sign_cut_closely_is_ground_though_the_wall_is_not() -> None:
    scene = picture(40, 240)
    scene[:9], scene[31:] = 225, 225  # a light wall around a dark sign with light letters
    ground, ink = part_ink(scene, DISTANCE, 20)
    assert ink is not None and abs(ground.mean() - 40) < 2 and abs(ink.mean() - 240) < 2


def test_a_band_without_pixels_has_the_colour_of_the_picture() -> None:
    scene = np.full((40, 200, 3), 77, np.uint8)
    ground, ink = part_ink(scene, DISTANCE - 99, 20)
    assert ink is None and (ground == 77).all()
    assert (colour_at_border(scene, DISTANCE - 99, 20) == 77).all()


@given(st.integers(1, 3000), st.integers(1, 40))
def test_samples_are_places_of_the_mask_and_spread_over_it(length: int, width: int) -> None:
    mask = np.zeros((200, width), bool)
    mask.flat[:length] = True
    found = sample(mask)
    assert mask.flat[found].all() and len(found) == min(mask.sum(), 800)
    assert abs(found.mean() - (mask.sum() - 1) / 2) < 0.01 * mask.sum() + 1


def test_samples_see_every_column() -> None:
    columns = sample(np.ones((300, 1200), bool)) % 1200
    assert len(np.unique(columns)) > 500


def test_colours_are_taken_at_flat_positions() -> None:
    scene = np.arange(60, dtype=np.uint8).reshape(4, 5, 3)
    assert pixels_at(scene, np.array([0, 19])).tolist() == [[0, 1, 2], [57, 58, 59]]
