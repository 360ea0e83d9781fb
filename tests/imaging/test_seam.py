from __future__ import annotations

from math import cos, pi, sin

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from str_pipelines.imaging.seam import blend, seam, seam_width

HEIGHT, WIDTH = 60, 90
RNG = np.random.default_rng(0)
SOURCE, PAINTED = (RNG.integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8) for _ in range(2))
CENTRES = np.stack(np.meshgrid(np.arange(WIDTH) + 0.5, np.arange(HEIGHT) + 0.5), axis=-1)

jitters = st.lists(st.floats(-0.15, 0.15), min_size=8, max_size=8)
angles = st.floats(-pi, pi)


def quad_at(
    centre: tuple[float, float], size: tuple[float, float], angle: float, jitter: list[float]
) -> NDArray[np.float64]:
    box = (np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) / 2 * size) + np.reshape(jitter, (4, 2)) * min(size)
    return np.asarray(box @ np.array([(cos(angle), sin(angle)), (-sin(angle), cos(angle))]) + centre)


anywhere = st.builds(
    quad_at,
    st.tuples(st.floats(-20, 110), st.floats(-20, 80)),
    st.tuples(st.floats(10, 70), st.floats(8, 30)),
    angles,
    jitters,
)
in_view = st.builds(quad_at, st.just((45, 30)), st.tuples(st.floats(10, 45), st.floats(8, 25)), angles, jitters)


def outside_by(quad: NDArray[np.float64]) -> NDArray[np.float64]:
    """(H, W) Euclidean distance from the centre of each pixel to the quad, 0 inside."""
    nearest, within = np.full((HEIGHT, WIDTH), np.inf), np.ones((HEIGHT, WIDTH), bool)
    for start, end in zip(quad, np.roll(quad, -1, axis=0), strict=True):
        along, rest = end - start, CENTRES - start
        share = np.clip(rest @ along / (along @ along), 0, 1)
        nearest = np.minimum(nearest, np.linalg.norm(rest - share[..., None] * along, axis=-1))
        within &= along[0] * rest[..., 1] - along[1] * rest[..., 0] >= 0
    return np.where(within, 0, nearest)


@given(anywhere)
def test_outside_the_seam_not_a_bit_changes_and_inside_the_quad_all_is_painted(quad: NDArray[np.float64]) -> None:
    weight, distance = seam(quad, HEIGHT, WIDTH), outside_by(quad)
    result = blend(SOURCE, PAINTED, weight)
    beyond = distance > seam_width(quad)
    assert (weight[beyond] == 0).all()
    np.testing.assert_array_equal(result[beyond], SOURCE[beyond])
    centre = quad.mean(axis=0)
    within = outside_by(centre + 0.9999 * (quad - centre)) == 0  # weights are float32
    np.testing.assert_array_equal(result[within], PAINTED[within])


@given(in_view)
def test_the_seam_falls_evenly(quad: NDArray[np.float64]) -> None:
    """Within 1.5 pixels of the line from 1 at the quad to 0 at the seam's end."""
    expected = np.clip(1 - outside_by(quad) / seam_width(quad), 0, 1)
    assert np.abs(seam(quad, HEIGHT, WIDTH) - expected).max() <= 1.5 / seam_width(quad)


def test_a_box_on_the_pixel_grid_is_painted_to_its_borders_and_no_further() -> None:
    weight = seam(np.array([(20, 10), (60, 10), (60, 30), (20, 30)], np.float64), HEIGHT, WIDTH)
    assert (weight[10:30, 20:60] == 1).all()
    assert np.count_nonzero(weight == 1) == 20 * 40
    np.testing.assert_array_equal(weight, np.pad(weight[8:32, 18:62], ((8, 28), (18, 28))))
    np.testing.assert_array_equal(weight[:40], weight[39::-1])


def test_the_seam_is_a_share_of_the_height_and_two_pixels_at_least() -> None:
    assert seam_width(quad_at((0, 0), (200, 40), 0.3, [0.0] * 8)) == pytest.approx(6)
    assert seam_width(quad_at((0, 0), (40, 200), 0.3, [0.0] * 8)) == pytest.approx(6)
    assert seam_width(quad_at((0, 0), (200, 8), 0.3, [0.0] * 8)) == 2


@given(st.integers(0, 255), st.integers(0, 255), st.floats(0, 1, width=32))
def test_a_blend_lies_between_its_two_and_is_rounded(one: int, other: int, share: float) -> None:
    source, painted = np.full((1, 1, 3), one, np.uint8), np.full((1, 1, 3), other, np.uint8)
    [value] = set(blend(source, painted, np.full((1, 1), share, np.float32)).ravel().tolist())
    assert min(one, other) <= value <= max(one, other)
    assert abs(value - (one + share * (other - one))) <= 0.5001
    assert source[0, 0, 0] == one
