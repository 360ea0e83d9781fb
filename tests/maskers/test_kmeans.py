"""The text of a picture, of whichever polarity, or why there is none."""

from __future__ import annotations

import pickle

import cv2
import numpy as np

from str_pipelines.imaging.decode import decode, encode_png
from str_pipelines.maskers.kmeans import KMeans
from str_pipelines.maskers.masker import Masked
from str_pipelines.records import Refused, Word
from tests.maskers.conftest import BAD, picture, word


def pixels(word: Word) -> np.ndarray:
    [found] = KMeans()([word])
    assert isinstance(found, Masked)
    return found.pixels


def test_ink_is_text_whether_dark_or_light() -> None:
    for number in (4, 5):
        grey = cv2.cvtColor(decode(picture(number)), cv2.COLOR_RGB2GRAY)
        ink = grey > 128 if number % 2 else grey < 128
        assert np.mean(pixels(word(number)) == ink) > 0.99


def test_a_negative_has_the_same_mask() -> None:
    page = decode(picture(2))
    negative = Word("n", encode_png(255 - page), "", (96, 32))
    np.testing.assert_array_equal(pixels(word(2)), pixels(negative))


def test_what_cannot_be_masked_says_why_and_costs_no_other() -> None:
    found = KMeans()([word(0), *BAD, word(1)])
    reasons = [each.reason if isinstance(each, Refused) else "" for each in found]
    assert reasons == ["", "one_grey_level", "image_truncated", "image_unreadable", ""]
    assert KMeans()([]) == [] and isinstance(KMeans()([BAD[1]])[0], Refused)


def test_a_batch_gives_what_each_alone_gives() -> None:
    together = KMeans()([word(number) for number in range(12)])
    for number, found in enumerate(together):
        assert isinstance(found, Masked)
        np.testing.assert_array_equal(found.pixels, pixels(word(number)))


def test_it_travels_to_other_processes() -> None:
    again = pickle.loads(pickle.dumps(KMeans()))  # noqa: S301
    assert again.digest == KMeans().digest and again.full == 1
