"""Text is told from ground by shape alone: never by which group is lighter, or called 1."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray

from str_pipelines.imaging.fonts import bundled_fonts
from str_pipelines.imaging.polarity import evidence, is_plate, text_of
from str_pipelines.imaging.two_means import histogram, lighter, thresholds
from str_pipelines.imaging.words import render_word

Flags = NDArray[np.uint8]
groups = arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=40), elements=st.integers(0, 1))


def letters(height: int = 40, width: int = 160, thick: int = 4) -> Flags:
    """HELLO, 1 where it is written, with a margin."""
    page = np.zeros((height, width), np.uint8)
    cv2.putText(page, "HELLO", (14, height - 8), cv2.FONT_HERSHEY_SIMPLEX, height / 36, 1, thick)
    return page


def framed(ink: Flags, thick: int, wall: int) -> Flags:
    """On a plate with a frame in the ink's group and a wall of the other group's around it."""
    return np.pad(np.pad(np.pad(ink, 3), thick, constant_values=1), wall)


@given(groups)
def test_the_opposite_is_said_of_the_opposite(light: Flags) -> None:
    found = evidence(light)
    assert evidence(1 - light) == pytest.approx(-found)
    if found:
        np.testing.assert_array_equal(text_of(light)[0], text_of(1 - light)[0])


def test_where_nothing_prevails_along_the_border_the_opposite_is_said_too() -> None:
    """The left half of a plate is in a frame, and the right half is one."""
    plate = framed(letters(), 3, 0)
    half = np.concatenate([plate, 1 - plate], axis=1)
    assert evidence(half) == pytest.approx(-evidence(1 - half))


@given(groups)
def test_text_is_one_of_the_two_groups_and_its_certainty_a_share(light: Flags) -> None:
    text, certainty = text_of(light)
    assert text.dtype == np.uint8 and (np.array_equal(text, light) or np.array_equal(text, 1 - light))
    assert 0.5 <= certainty <= 1


@pytest.mark.parametrize("light", [False, True])
@pytest.mark.parametrize(
    "ink",
    [
        letters(),
        letters()[12:33],  # touches top and bottom
        letters()[:, 14:132],  # touches left and right
        letters(thick=9),
        framed(letters(), 1, 0),
        framed(letters(), 4, 0),
        framed(letters(), 3, 5),
    ],
    ids=["plain", "top and bottom", "left and right", "bold", "hairline frame", "bold frame", "frame on a wall"],
)
def test_text_is_found_in_either_polarity(ink: Flags, light: bool) -> None:
    np.testing.assert_array_equal(text_of(ink if light else 1 - ink)[0], ink)


def test_letters_and_what_they_enclose_are_no_plate() -> None:
    ink = letters()
    assert not is_plate(ink)
    assert is_plate(1 - framed(ink, 2, 0)) and not is_plate(framed(ink, 2, 0))
    assert not is_plate(np.zeros((8, 8), np.uint8))


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (2, 2), (3, 500)])
def test_any_size_has_an_answer(shape: tuple[int, int]) -> None:
    light = np.zeros(shape, np.uint8)
    light[0, 0] = 1
    assert text_of(light)[0].shape == shape


def test_rendered_words_are_right_in_ninety_five_of_a_hundred() -> None:
    """The benchmark has the figures of four kinds of places; this sees that nothing is upside down."""
    right = 0
    for seed in range(100):
        word = render_word(("Street", "EXIT", "No. 7", "liberty")[seed % 4], seed, bundled_fonts())
        grey = np.asarray(cv2.cvtColor(word.image, cv2.COLOR_RGB2GRAY), np.uint8)
        text, _ = text_of(lighter(grey, int(thresholds([histogram(grey)])[0][0])))
        right += np.corrcoef(text.ravel(), word.mask.ravel())[0, 1] > 0
    assert right >= 95
