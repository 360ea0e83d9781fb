"""Presets are pure functions of picture and generator, leave words legible in size, and use all that they have."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from str_pipelines.imaging.augment import PARSEQ, SCENE_TEXT, Augment, Preset, _cut_closer, abinet, augmentation, parseq

PRESETS = [preset for preset in get_args(Preset) if preset != "none"]


def picture(width: int = 100, height: int = 32) -> NDArray[np.uint8]:
    image = np.random.default_rng(width).integers(60, 90, (height, width, 3), np.uint8)
    image[height // 4 : -(height // 4), width // 8 :: max(2, width // 8)] = 220
    return image


def test_none_is_nothing() -> None:
    assert augmentation("none") is None


@pytest.mark.parametrize("preset", PRESETS)
@given(seed=st.integers(0, 2**32), width=st.integers(2, 260), height=st.integers(2, 90))
def test_any_picture_stays_a_picture(preset: Preset, seed: int, width: int, height: int) -> None:
    image = picture(width, height) if min(width, height) > 7 else np.zeros((height, width, 3), np.uint8)
    before = image.copy()
    augment = _of(preset)
    found = augment(image, np.random.default_rng(seed))
    assert found.dtype == np.uint8 and found.ndim == 3 and found.shape[2] == 3 and min(found.shape) >= 2
    assert np.array_equal(image, before)
    assert np.array_equal(found, augment(image, np.random.default_rng(seed)))


@pytest.mark.parametrize(
    ("preset", "least", "most"), [("parseq", 0.06, 0.25), ("abinet", 0.2, 0.36), ("str", 0.004, 0.05)]
)
def test_the_share_of_pictures_left_as_they_are_is_that_of_the_recipe(
    preset: Preset, least: float, most: float
) -> None:
    image, augment = picture(), _of(preset)
    same = sum(np.array_equal(augment(image, np.random.default_rng(seed)), image) for seed in range(400))
    assert least < same / 400 < most


@pytest.mark.parametrize("operations", [PARSEQ, *(kind for _, kind in SCENE_TEXT)])
def test_every_operation_does_something(operations: tuple[Augment, ...]) -> None:
    image = picture()
    for number, operation in enumerate(operations):
        results = [operation(image, np.random.default_rng(seed)) for seed in range(8)]
        assert not all(np.array_equal(found, image) for found in results), number


def test_parseq_mixes_its_operations() -> None:
    assert len({round(parseq(picture(), np.random.default_rng(seed)).mean()) for seed in range(100)}) > 20


def test_abinet_draws_kind_and_strength_for_every_picture_anew() -> None:
    shapes = {abinet(picture(), np.random.default_rng(seed)).shape for seed in range(60)}
    assert len(shapes) > 12


def _of(preset: Preset) -> Augment:
    found = augmentation(preset)
    assert found is not None
    return found


def test_scene_text_cuts_closer_and_leaves_two_thirds() -> None:
    image = np.tile(np.arange(90, dtype=np.uint8)[None, :, None], (30, 1, 3))
    shapes = {_cut_closer(image, np.random.default_rng(seed)).shape[:2] for seed in range(200)}
    assert all(20 <= height <= 30 and 60 <= width <= 90 for height, width in shapes)
    assert min(shapes)[0] < 24 and max(shapes)[0] > 28
    assert _cut_closer(np.zeros((1, 1, 3), np.uint8), np.random.default_rng(0)).shape == (1, 1, 3)
