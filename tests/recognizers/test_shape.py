"""Pictures get the nearest width of the row; what a tall one gets is what it gets when it lies."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from str_pipelines.recognizers.shape import WIDTHS, Shape, stretch
from tests.recognizers.pictures import picture

SIDES = st.integers(1, 3000)


@given(SIDES, SIDES)
def test_no_width_of_the_row_is_nearer_by_ratio(width: int, height: int) -> None:
    long, short = (height, width) if height > 1.5 * width else (width, height)
    found = int(Shape().width_of(width, height))
    distances = {each: abs(np.log(each * short / (32 * long))) for each in WIDTHS}
    assert distances[found] == pytest.approx(min(distances.values()))


def test_widths_of_many_pictures_are_those_of_each() -> None:
    sizes = np.random.default_rng(0).integers(1, 400, (200, 2))
    assert Shape().width_of(*sizes.T).tolist() == [int(Shape().width_of(*size)) for size in sizes]


@given(st.integers(2, 120), st.integers(2, 120), st.sampled_from(["quick", "exact", "bilinear"]), st.booleans())
def test_a_picture_gets_the_width_that_its_size_foretold(width: int, height: int, way: str, turn: bool) -> None:
    shape = Shape(turn=turn)
    fitted = shape.fit(np.zeros((height, width, 3), np.uint8), way)  # type: ignore[arg-type]
    assert fitted.shape == (32, int(shape.width_of(width, height)), 3)
    assert fitted.dtype == np.uint8


def test_a_tall_picture_is_read_lying_down() -> None:
    lying = picture(1, (80, 32))
    assert np.array_equal(Shape().fit(np.ascontiguousarray(np.rot90(lying, -1))), Shape().fit(lying))


def test_a_tall_picture_may_be_read_as_it_stands() -> None:
    tall = picture(1, (32, 80))
    assert np.array_equal(Shape(turn=False).fit(tall, "exact"), stretch(tall, 32, 32, "exact"))


def test_one_width_is_a_fixed_shape() -> None:
    assert {Shape(32, (128,)).fit(picture(0, size)).shape for size in ((10, 10), (500, 20), (20, 90))} == {(32, 128, 3)}


def test_exact_is_what_pillow_makes_and_quick_is_near_it() -> None:
    image = picture(3, (300, 90))
    exact, quick = stretch(image, 128, 32, "exact"), stretch(image, 128, 32)
    assert np.array_equal(exact, np.asarray(Image.fromarray(image).resize((128, 32), Image.Resampling.BICUBIC)))
    assert np.abs(exact.astype(int) - quick).mean() < 3


@pytest.mark.parametrize("size", [(300, 90), (40, 200), (20, 10), (40_000, 1)])
def test_bilinear_is_what_opencv_makes(size: tuple[int, int]) -> None:
    image = picture(3, size)
    expected = cv2.resize(image, (128, 32), interpolation=cv2.INTER_LINEAR)
    assert np.array_equal(stretch(image, 128, 32, "bilinear"), expected)


def test_a_picture_of_the_right_size_stays_as_it_is() -> None:
    image = picture(2, (64, 32))
    assert np.array_equal(stretch(image, 64, 32), image)


@pytest.mark.parametrize(("height", "widths"), [(0, (32,)), (32, ()), (32, (64, 32)), (32, (32, 32)), (32, (0, 32))])
def test_a_row_that_is_none_is_refused(height: int, widths: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="ascending widths"):
        Shape(height, widths)


def test_a_resampling_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="quick, exact, bilinear, not 'bicubic'"):
        Shape(resampling="bicubic")  # type: ignore[arg-type]
