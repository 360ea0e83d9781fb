from __future__ import annotations

import json
from math import cos, hypot, pi, sin
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from str_pipelines.imaging.quads import area, as_tuple, inside, is_convex, quad_of, sides
from str_pipelines.records import Refused

REAL = Path("../shared/data/real_scenes")
BOX = np.array([(0, 0), (40, 0), (40, 12), (0, 12)], np.float64)
Points = NDArray[np.float64]

angles = st.floats(-pi, pi)
shifts = st.tuples(st.floats(-2000, 2000), st.floats(-2000, 2000))
sizes = st.tuples(st.floats(10, 400), st.floats(8, 120))
jitters = st.lists(st.floats(-0.12, 0.12), min_size=8, max_size=8)


def moved(points: Points, angle: float, shift: tuple[float, float]) -> Points:
    turn = np.array([(cos(angle), sin(angle)), (-sin(angle), cos(angle))])
    return np.asarray(points @ turn + shift)


def quad_from(size: tuple[float, float], jitter: list[float]) -> Points:
    """A box in the order of reading with its corners a little off."""
    return BOX / (40, 12) * size + np.reshape(jitter, (4, 2)) * min(size)


def chains(count: int, size: tuple[float, float], bow: float) -> Points:
    """2 · count points round a text that bends down at both ends: its top from left to right, its bottom back."""
    x = np.linspace(0, 1, count)
    top = np.stack([x * size[0], bow * (2 * x - 1) ** 2], axis=1)
    return np.vstack([top, (top + (0, size[1]))[::-1]])


def listed(points: Points) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in points]


@given(sizes, jitters, angles, shifts)
def test_four_points_in_the_order_of_reading_stay_as_they_are(
    size: tuple[float, float], jitter: list[float], angle: float, shift: tuple[float, float]
) -> None:
    polygon = moved(quad_from(size, jitter), angle, shift)
    np.testing.assert_array_equal(quad_of(listed(polygon)), polygon)


@given(sizes, jitters, angles, shifts)
def test_what_is_listed_down_its_left_side_keeps_its_first_corner(
    size: tuple[float, float], jitter: list[float], angle: float, shift: tuple[float, float]
) -> None:
    polygon = moved(quad_from(size, jitter), angle, shift)
    np.testing.assert_array_equal(quad_of(listed(polygon[[0, 3, 2, 1]])), polygon)


@given(st.integers(2, 8), sizes, st.floats(-0.2, 0.2), angles, shifts, st.booleans())
def test_of_two_chains_the_ends_are_the_corners(
    count: int, size: tuple[float, float], bow: float, angle: float, shift: tuple[float, float], reverse: bool
) -> None:
    points = moved(chains(count, size, bow * min(size)), angle, shift)
    polygon = np.roll(points[::-1], 1, axis=0) if reverse else points
    np.testing.assert_allclose(quad_of(listed(polygon)), points[[0, count - 1, count, -1]])


@given(st.integers(6, 9), st.floats(60, 400), st.floats(12, 30), st.floats(0.5, 3), angles, shifts)
def test_every_quad_is_convex_and_clockwise_and_turns_with_its_polygon(
    points: int, length: float, height: float, bow: float, angle: float, shift: tuple[float, float]
) -> None:
    """Chains of 3 to 5 points bent more or less, one point left out where the number is odd."""
    polygon = chains(points // 2 + points % 2, (length, height), bow * height)[:points]
    quad, turned = quad_of(listed(polygon)), quad_of(listed(moved(polygon, angle, shift)))
    for each in (quad, turned):
        assert is_convex(each) and area(each) > 0
    assume(np.ptp(sides(quad)) > 0.05 * length)  # of a nearly square rectangle either side may be the smaller
    np.testing.assert_allclose(turned, moved(quad, angle, shift), atol=0.02 * length)


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)), min_size=3, max_size=3))
def test_the_rectangle_of_three_points_holds_them_and_reads_as_they_begin(corners: list[tuple[int, int]]) -> None:
    points = np.array(corners, np.float64)
    points = points if area(points) >= 0 else points[[0, 2, 1]]
    assume(area(points) > 20)
    quad = quad_of(listed(points))
    grown = (quad - quad.mean(axis=0)) * 1.01 + quad.mean(axis=0)
    assert all(area(np.array([grown[i], grown[(i + 1) % 4], point])) > -1e-6 for i in range(4) for point in points)
    first, base = points[1] - points[0], quad[1] - quad[0]
    assert abs(np.angle(complex(*base) / complex(*first), deg=True)) < 45.1


def test_chains_of_different_length_give_the_rectangle() -> None:
    four_above_two_below = [(0, 1), (20, 0), (40, 0), (60, 1), (60, 20), (0, 20)]
    np.testing.assert_allclose(quad_of(four_above_two_below), [(0, 0), (60, 0), (60, 20), (0, 20)], atol=0.01)


def test_half_a_circle_is_in_its_quad() -> None:
    t = np.linspace(pi, 2 * pi, 7)
    ring = np.vstack([np.stack([r * np.cos(t), r * np.sin(t)], 1)[:: 1 if r == 100 else -1] for r in (100, 80)])
    np.testing.assert_allclose(quad_of(listed(ring)), [(-100, -100), (100, -100), (100, 0), (-100, 0)], atol=0.01)


def test_a_crossed_outline_reads_as_it_begins() -> None:
    np.testing.assert_allclose(quad_of(listed(BOX[[0, 1, 3, 2]])), BOX, atol=0.01)
    np.testing.assert_allclose(quad_of(listed(BOX[[2, 3, 1, 0]])), BOX[[2, 3, 0, 1]], atol=0.01)


@pytest.mark.parametrize(
    ("polygon", "reason"),
    [
        ([], "polygon_too_short"),
        ([(0, 0), (9, 9)], "polygon_too_short"),
        ([(0, 0), (50, 0), (50, float("nan")), (0, 20)], "polygon_not_finite"),
        ([(0, 0), (50, 0), (float("inf"), 20), (0, 20)], "polygon_not_finite"),
        ([(0, 0), (1e300, 0), (1e300, 20), (0, 20)], "polygon_not_finite"),
        ([(0, 0), (10, 10), (20, 20)], "polygon_no_area"),
        ([(0, 0), (10, 10), (20, 20), (30, 30)], "polygon_no_area"),
        ([(5, 5)] * 4, "polygon_no_area"),
        ([(0, 0), (5, 0), (5, 3), (0, 3)], "polygon_no_area"),
    ],
)
def test_what_is_no_area_is_refused(polygon: list[tuple[float, float]], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        quad_of(polygon)


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=3, max_size=10))
def test_any_polygon_gives_a_convex_clockwise_quad_or_a_reason(polygon: list[tuple[int, int]]) -> None:
    try:
        quad = quad_of(polygon)
    except Refused as refused:
        assert refused.reason == "polygon_no_area"
    else:
        assert is_convex(quad) and area(quad) > 15.9


@pytest.mark.skipif(not REAL.is_dir(), reason=f"{REAL} is not there")
@pytest.mark.parametrize("name", ["ic13", "ic15", "shopsign"])
def test_no_baseline_of_real_words_is_more_than_10_degrees_off_the_annotated_first_edge(name: str) -> None:
    listing = json.loads((REAL / name / "test.json").read_bytes())["data_list"]
    polygons = [annotation["polygon"] for item in listing for annotation in item["annotations"]]
    assert len(polygons) > 300
    for polygon in polygons:
        quad, first = quad_of(polygon), np.subtract(polygon[1], polygon[0])
        assert abs(np.angle(complex(*(quad[1] - quad[0])) / complex(*first), deg=True)) < 10, polygon


@given(st.floats(-60, 80), st.floats(-60, 80), st.floats(4, 90), st.floats(4, 90))
def test_the_share_of_a_box_in_a_picture(x: float, y: float, w: float, h: float) -> None:
    box = BOX / (40, 12) * (w, h) + (x, y)
    across, down = max(0, min(x + w, 64) - max(x, 0)), max(0, min(y + h, 48) - max(y, 0))
    assert inside(box, 64, 48) == pytest.approx(across * down / (w * h), abs=1e-4)


@given(sizes, jitters, angles, st.tuples(st.floats(-100, 500), st.floats(-100, 400)))
def test_the_share_of_any_quad_in_a_picture(
    size: tuple[float, float], jitter: list[float], angle: float, shift: tuple[float, float]
) -> None:
    """Against counting points on a grid in the quad's own plane."""
    quad = moved(quad_from(size, jitter), angle, shift)
    s, t = (np.arange(0.5, 200) / 200).reshape(-1, 1), (np.arange(0.5, 200) / 200).reshape(1, -1)
    corner = [(1 - s) * (1 - t), s * (1 - t), s * t, (1 - s) * t]
    x, y = (sum(weight * quad[i, axis] for i, weight in enumerate(corner)) for axis in (0, 1))
    top, bottom, left, right = quad[1] - quad[0], quad[2] - quad[3], quad[3] - quad[0], quad[2] - quad[1]
    along, down = (1 - t)[..., None] * top + t[..., None] * bottom, (1 - s)[..., None] * left + s[..., None] * right
    density = along[..., 0] * down[..., 1] - along[..., 1] * down[..., 0]
    share = float(np.sum(density * ((x > 0) & (x < 400) & (y > 0) & (y < 300))) / np.sum(density))
    assert inside(quad, 400, 300) == pytest.approx(share, abs=0.02)


@given(sizes, jitters, angles, shifts)
def test_sides_and_area_do_not_depend_on_where_a_quad_is(
    size: tuple[float, float], jitter: list[float], angle: float, shift: tuple[float, float]
) -> None:
    quad = quad_from(size, jitter)
    there = moved(quad, angle, shift)
    assert sides(there) == pytest.approx(sides(quad))
    assert area(there) == pytest.approx(area(quad))
    assert area(there[::-1]) == pytest.approx(-area(quad))
    top, bottom = (hypot(*(quad[a] - quad[b])) for a, b in ((1, 0), (2, 3)))
    assert sides(quad)[0] == pytest.approx(max(top, bottom))


def test_a_tuple_has_plain_floats_to_a_hundredth() -> None:
    quad = as_tuple(np.array([(0, 0), (1.234, 5.678), (np.float32(0.1), 3), (2, 2)]))
    assert quad == ((0.0, 0.0), (1.23, 5.68), (0.1, 3.0), (2.0, 2.0))
    assert {type(value) for point in quad for value in point} == {float}


def test_convex_needs_every_corner() -> None:
    assert is_convex(BOX) and is_convex(BOX[::-1])
    assert not is_convex(np.array([(0, 0), (20, 0), (40, 0), (20, 12)], np.float64))
    assert not is_convex(BOX[[0, 1, 3, 2]])
    assert not is_convex(np.array([(0, 0), (40, 0), (10, 4), (0, 40)], np.float64))
