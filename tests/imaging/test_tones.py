"""Tones are Pillow's: ImageOps and ImageEnhance are the measure, to a level or two of rounding."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageOps

from str_pipelines.imaging import tones

PICTURE = np.asarray(
    Image.fromarray(np.random.default_rng(5).integers(20, 230, (4, 9, 3), np.uint8)).resize(
        (90, 40), Image.Resampling.BICUBIC
    )
)


@pytest.mark.parametrize(
    ("ours", "theirs", "levels"),
    [
        (tones.invert, ImageOps.invert, 0),
        (lambda image: tones.posterize(image, 3), lambda image: ImageOps.posterize(image, 3), 0),
        (lambda image: tones.solarize(image, 100), lambda image: ImageOps.solarize(image, 100), 0),
        (tones.auto_contrast, ImageOps.autocontrast, 1),
        (lambda image: tones.brightness(image, 1.4), lambda image: ImageEnhance.Brightness(image).enhance(1.4), 1),
        (lambda image: tones.contrast(image, 0.4), lambda image: ImageEnhance.Contrast(image).enhance(0.4), 2),
        (lambda image: tones.contrast(image, 1.6), lambda image: ImageEnhance.Contrast(image).enhance(1.6), 2),
        (lambda image: tones.saturation(image, 0.3), lambda image: ImageEnhance.Color(image).enhance(0.3), 2),
        (lambda image: tones.saturation(image, 1.7), lambda image: ImageEnhance.Color(image).enhance(1.7), 2),
    ],
    ids=["invert", "posterize", "solarize", "auto", "brighter", "flatter", "harder", "greyer", "more colour"],
)
def test_it_is_what_pillow_does(
    ours: Callable[[NDArray[np.uint8]], NDArray[np.uint8]], theirs: Callable[[Image.Image], Image.Image], levels: int
) -> None:
    found, wanted = ours(PICTURE), np.asarray(theirs(Image.fromarray(PICTURE)))
    assert found.dtype == np.uint8
    assert np.abs(found.astype(int) - wanted).max() <= levels
    assert not np.array_equal(found, PICTURE)


def test_shadows_are_lifted_and_lights_are_not() -> None:
    lifted = tones.lift_shadows(PICTURE, 55)
    assert np.array_equal(lifted, np.where(PICTURE < 128, PICTURE + 55, PICTURE))


def test_equalizing_spreads_the_levels_evenly() -> None:
    levels = np.sort(tones.equalize(PICTURE)[..., 0].ravel())
    assert np.abs(levels - np.linspace(0, 255, len(levels))).max() < 12


@given(st.floats(-0.5, 0.5))
def test_a_turn_of_the_hue_is_undone_by_the_turn_back(turn: float) -> None:
    there = tones.hue(PICTURE, turn)
    assert np.abs(tones.hue(there, -turn).astype(int) - PICTURE).mean() < 4
    grey = np.repeat(PICTURE[..., :1], 3, axis=2)
    assert np.array_equal(tones.hue(grey, turn), grey)


def test_red_turned_by_a_third_is_green() -> None:
    red = np.zeros((2, 2, 3), np.uint8)
    red[..., 0] = 200
    assert np.abs(tones.hue(red, 1 / 3).astype(int) - (0, 200, 0)).max() < 6


def test_one_flat_colour_survives_everything() -> None:
    flat = np.full((5, 7, 3), (10, 128, 250), np.uint8)
    assert np.array_equal(tones.auto_contrast(flat), flat)
    assert tones.equalize(flat).shape == flat.shape
