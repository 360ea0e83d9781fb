"""Blur keeps the mean and takes the edges, noise has the strength that was asked for, coarsening the resolution."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from str_pipelines.imaging import blemishes

GREY = np.full((60, 200, 3), 100, np.uint8)


def point() -> NDArray[np.uint8]:
    image = np.zeros((31, 31, 3), np.uint8)
    image[15, 15] = 255
    return image


def spread(image: NDArray[np.uint8]) -> tuple[float, float]:
    """Standard deviation of the light along x and y, in pixels."""
    weight = image[..., 0].astype(float) / image[..., 0].sum()
    places = np.arange(31) - 15
    return tuple(float(np.sqrt((weight.sum(axis=axis) * places**2).sum())) for axis in (0, 1))  # type: ignore[return-value]


def test_a_lens_out_of_focus_spreads_a_point_evenly() -> None:
    assert spread(blemishes.gaussian_blur(point(), 2)) == pytest.approx(
        (2, 2), rel=0.15
    )  # the faintest light is rounded away


@pytest.mark.parametrize(("degrees", "along"), [(0, 0), (90, 1), (-90, 1)])
def test_motion_spreads_a_point_along_its_direction_alone(degrees: float, along: int) -> None:
    sides = spread(blemishes.motion_blur(point(), 7, degrees))
    assert sides[along] == pytest.approx(2, abs=0.1) and sides[1 - along] == 0


@given(st.integers(1, 12), st.floats(-90, 90))
def test_motion_keeps_the_light(length: int, degrees: float) -> None:
    assert blemishes.motion_blur(GREY, length, degrees).mean() == pytest.approx(100, abs=1)


@pytest.mark.parametrize("deviation", [1, 5, 20])
def test_noise_of_a_sensor_has_its_deviation(deviation: float) -> None:
    noisy = blemishes.gaussian_noise(GREY, deviation, np.random.default_rng(0)).astype(float)
    assert noisy.std() == pytest.approx(deviation, rel=0.06) and noisy.mean() == pytest.approx(100, abs=0.3)


@pytest.mark.parametrize("rate", [1, 9, 19])
def test_poissons_noise_has_its_rate_for_mean_and_variance_on_all_channels(rate: int) -> None:
    noise = blemishes.poisson_noise(GREY, rate, np.random.default_rng(0)).astype(float) - 100
    assert noise.mean() == pytest.approx(rate, rel=0.05) and noise.var() == pytest.approx(rate, rel=0.06)
    assert np.array_equal(noise[..., 0], noise[..., 2])


def test_noise_does_not_wrap_round() -> None:
    ends = np.repeat(np.array([0, 255], np.uint8), 3 * 500).reshape(10, 100, 3)
    noisy = blemishes.gaussian_noise(ends, 30, np.random.default_rng(1))
    assert noisy[:5].max() < 140 and noisy[5:].min() > 115
    assert blemishes.poisson_noise(ends, 19, np.random.default_rng(1))[5:].min() == 255


@pytest.mark.parametrize(
    "coarse", [lambda image: blemishes.coarsen(image, 6), lambda image: blemishes.pyramid(image, 3)]
)
def test_what_is_lost_is_fine_detail(coarse: object) -> None:
    stripes = np.zeros((32, 128, 3), np.uint8)
    stripes[:, ::2] = 255
    halves = np.zeros((32, 128, 3), np.uint8)
    halves[:, 64:] = 255
    assert coarse(stripes).shape == stripes.shape  # type: ignore[operator]
    assert coarse(stripes).std() < 25  # type: ignore[operator]
    assert coarse(halves).std() > 100  # type: ignore[operator]


def test_no_step_of_the_pyramid_is_no_change() -> None:
    assert np.array_equal(blemishes.pyramid(GREY, 0), GREY)


def test_jpeg_of_a_low_quality_is_further_away() -> None:
    image = np.repeat(np.random.default_rng(0).integers(0, 256, (32, 96, 1), np.uint8), 3, axis=2)
    far, near = (np.abs(blemishes.jpeg(image, quality).astype(int) - image).mean() for quality in (10, 95))
    assert far > 2 * near > 0
