from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from str_pipelines.imaging.fonts import bundled_fonts
from str_pipelines.imaging.frames import warp_alpha
from str_pipelines.imaging.glyphs import word_alpha
from str_pipelines.imaging.ground import (
    blank,
    border_distance,
    erase,
    grain,
    ink_colour,
    membrane,
    ring_colours,
    surroundings,
    survey,
    texture,
)

BOLD = next(path for path in bundled_fonts() if path.stem == "Lato-Bold")
INK, GROUND = (200.0, 40.0, 30.0), (70.0, 110.0, 150.0)


def box(x: float, y: float, width: float, height: float) -> np.ndarray:
    return np.array([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], np.float64)


def sheet(height: int, width: int, slope: float = 0.0, level: float = 0.0) -> np.ndarray:
    """A wall with light that falls off to the right by `slope` grey levels, and noise."""
    wall = np.tile(np.array(GROUND), (height, width, 1)) + slope * (np.linspace(-0.5, 0.5, width)[None, :, None])
    return wall + grain((height, width), level, 5)[..., None]


def written(wall: np.ndarray, quad: np.ndarray, text: str = "Hamburg", ink: tuple[float, ...] = INK) -> np.ndarray:
    alpha = warp_alpha(word_alpha(text, BOLD, 64), quad, wall.shape[:2])[..., None] / 255
    return np.clip(wall + alpha * (np.array(ink) - wall) + 0.5, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("height", [12, 40, 300])
@pytest.mark.parametrize("slope", [0.0, 60.0])
def test_a_wall_is_whole_again(height: int, slope: float) -> None:
    wall = sheet(2 * height, 5 * height, slope)
    quad = box(0.5 * height, 0.5 * height, 4 * height, height)
    erased = erase(written(wall, quad), quad, 0.15 * height + 1)
    off = np.abs(erased.astype(float) - wall)
    assert off.mean() < 1.5 and np.percentile(off, 99) < 8


@pytest.mark.parametrize("corner", [(-20, -10), (150, 60)])
def test_a_quad_that_sticks_out_is_erased_too(corner: tuple[int, int]) -> None:
    wall, quad = sheet(90, 240), box(*corner, 120, 40)
    assert np.abs(erase(written(wall, quad), quad, 7).astype(float) - wall).mean() < 1.5


def test_a_sign_that_the_quad_fills_keeps_its_colour() -> None:
    quad = box(30, 30, 160, 40)
    wall = np.full((100, 220, 3), 225.0)
    wall[28:72, 28:192] = (30, 60, 140)
    erased = erase(written(wall, quad, ink=(250, 250, 250)), quad, 1)
    assert np.abs(erased[34:66, 34:186].astype(float) - (30, 60, 140)).mean() < 4


def test_nothing_changes_beyond_the_margin() -> None:
    quad, margin = box(40, 30, 120, 36), 6.0
    scene = written(sheet(100, 200, level=4), quad)
    before = scene.copy()
    erased = erase(scene, quad, margin)
    far = border_distance(scene.shape[:2], quad) < -margin
    assert np.array_equal(erased[far], scene[far]) and np.array_equal(scene, before)
    assert not np.array_equal(erased, scene)


def test_chance_is_the_seed_s() -> None:
    quad = box(40, 30, 120, 36)
    scene = written(sheet(100, 200, level=4), quad)
    assert np.array_equal(erase(scene, quad, 6, seed=3), erase(scene, quad, 6, seed=3))
    assert not np.array_equal(erase(scene, quad, 6, seed=3), erase(scene, quad, 6, seed=4))


@pytest.mark.parametrize("level", [1.0, 3.0, 5.0])
def test_the_new_ground_is_as_grainy_as_the_old(level: float) -> None:
    quad = box(40, 30, 160, 40)
    erased = erase(written(sheet(100, 240, level=level), quad), quad, 6)
    inside = erased[35:65, 45:195].mean(axis=2)
    assert 0.7 * level < inside.std() < 1.4 * level


@pytest.mark.parametrize("kind", ["flat", "grainy", "slanted", "striped"])
def test_where_nothing_is_written_nothing_is_taken_away(kind: str) -> None:
    wall = sheet(100, 240, slope=40.0 if kind == "slanted" else 0.0, level=6.0 if kind == "grainy" else 0.0)
    if kind == "striped":
        wall[::6] -= 60
    scene = np.clip(wall, 0, 255).astype(np.uint8)
    quad = box(40, 30, 160, 40)
    assert ink_colour(scene, quad) is None and np.array_equal(erase(scene, quad, 6), scene)


@pytest.mark.parametrize("ink", [INK, (250.0, 250.0, 240.0), (20.0, 60.0, 95.0)])
@pytest.mark.parametrize("height", [16, 60])
def test_colours_of_ink_and_ground_are_told_apart(ink: tuple[float, ...], height: int) -> None:
    quad = box(20, 20, 4 * height, height)
    scene = cv2.GaussianBlur(written(sheet(height + 40, 4 * height + 40), quad, ink=ink), (0, 0), height / 40)
    found = ink_colour(scene, quad)
    assert found is not None and np.abs(found - ink).max() < 30
    assert np.abs(ring_colours(scene, quad) - GROUND).max() < 6
    assert np.abs(survey(scene, quad).colour - GROUND).max() < 12


def test_what_is_called_blank_is_surveyed_like_what_is() -> None:
    scene, quad = np.clip(sheet(100, 240, level=3), 0, 255).astype(np.uint8), box(40, 30, 160, 40)
    found, told = blank(scene, quad), survey(scene, quad)
    assert told.ink is None and found.ink is None and found.height == told.height
    for name in ("distance", "colour", "trust"):
        assert np.array_equal(getattr(found, name), getattr(told, name))
    assert blank(written(sheet(100, 240), quad), quad).ink is None


def test_letters_on_an_empty_ground_get_its_relief() -> None:
    scene = np.clip(sheet(100, 240, level=8), 0, 255).astype(np.uint8)
    quad = box(40, 30, 160, 40)
    ground = survey(scene, quad)
    relief = texture(scene, ground, membrane(scene, ground), seed=0)
    own = scene.mean(axis=2) - cv2.GaussianBlur(scene.mean(axis=2), (0, 0), 4)
    assert np.corrcoef(relief.ravel(), own.ravel())[0, 1] > 0.9 and 0.3 < relief.std() / own.std() < 0.7


@settings(max_examples=40, deadline=None)
@given(
    x=st.floats(-30, 90),
    y=st.floats(-30, 60),
    width=st.floats(4, 90),
    height=st.floats(4, 60),
    angle=st.floats(-3.1, 3.1),
)
def test_any_quad_can_be_erased(x: float, y: float, width: float, height: float, angle: float) -> None:
    turn = np.array([(np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))])
    scene = np.random.default_rng(0).integers(0, 255, (64, 96, 3), np.uint8)
    quad = box(0, 0, width, height) @ turn + (x, y)
    erased = erase(scene, quad, 3.0)
    far = border_distance(scene.shape[:2], quad) < -3
    assert erased.shape == scene.shape and np.array_equal(erased[far], scene[far])


def test_distances_are_those_of_a_box() -> None:
    distance = border_distance((20, 30), box(5, 4, 20, 10))
    assert distance[4, 5] == 0.5 and distance[9, 15] == pytest.approx(4.5) and distance[0, 15] == pytest.approx(-3.5)
    assert ((distance > 0).sum()) == 20 * 10


@given(st.floats(-500, 500), st.floats(-500, 500), st.floats(0, 50))
def test_surroundings_lie_in_the_picture_and_are_never_empty(x: float, y: float, pad: float) -> None:
    rows, columns = surroundings((40, 60), box(x, y, 30, 10), pad)
    assert 0 <= rows.start < rows.stop <= 40 and 0 <= columns.start < columns.stop <= 60
