"""Pictures that were saved again look alike, and others do not."""

from __future__ import annotations

import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from str_pipelines.imaging.decode import decode, encode_jpeg
from str_pipelines.imaging.fonts import bundled_fonts
from str_pipelines.imaging.likeness import bits_apart, dhash
from str_pipelines.imaging.words import WordStream

WORDS = WordStream(sorted(bundled_fonts())[:3], ("station", "harbour", "Lane"), seed=3)


def apart(one: int, other: int) -> int:
    return int(bits_apart(np.array([one]), np.array([other]))[0])


@given(one=st.integers(-(2**63), 2**63 - 1), other=st.integers(-(2**63), 2**63 - 1))
def test_bits_are_counted(one: int, other: int) -> None:
    assert apart(one, other) == ((one ^ other) % 2**64).bit_count()


def test_what_is_scaled_and_saved_again_stays_near_and_another_word_is_far() -> None:
    looks = [dhash(WORDS[number].image) for number in range(30)]
    again = [
        dhash(decode(encode_jpeg(cv2.resize(WORDS[number].image, None, fx=0.6, fy=0.6), 70))) for number in range(30)
    ]
    assert np.mean([apart(one, other) <= 7 for one, other in zip(looks, again, strict=True)]) >= 0.9
    assert min(apart(one, other) for number, one in enumerate(looks) for other in again[number + 1 :]) > 7
