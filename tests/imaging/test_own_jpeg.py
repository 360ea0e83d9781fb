from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from str_pipelines.imaging.decode import encode_jpeg, encode_png
from str_pipelines.imaging.own_jpeg import in_own_jpeg, jpeg_quality

RNG = np.random.default_rng(0)
SCENE = cv2.GaussianBlur(RNG.integers(0, 256, (120, 200, 3), np.uint8), (0, 0), 1.5)


@pytest.mark.parametrize("quality", [*range(2, 100, 7), 1, 100])
def test_the_quality_of_a_jpeg_is_found(quality: int) -> None:
    file = io.BytesIO()
    Image.fromarray(SCENE).save(file, "JPEG", quality=quality, progressive=quality % 2 == 0)
    for data in (encode_jpeg(SCENE, quality), file.getvalue()):
        assert jpeg_quality(data) == pytest.approx(quality, abs=1)


def test_what_is_no_jpeg_has_none() -> None:
    data = encode_jpeg(SCENE, 80)
    assert jpeg_quality(encode_png(SCENE)) is jpeg_quality(b"") is jpeg_quality(data[:30]) is None


@given(st.binary(max_size=200))
def test_no_bytes_are_an_error(data: bytes) -> None:
    assert jpeg_quality(b"\xff\xd8" + data) is None or data


@pytest.mark.parametrize("start", [(0, 0), (16, 32), (23, 41)])
def test_blocks_lie_where_they_lie_in_the_photograph(start: tuple[int, int]) -> None:
    """What was in the photograph is hardly changed by the same compression again; on another grid it is."""
    scene = cv2.cvtColor(
        cv2.imdecode(np.frombuffer(encode_jpeg(SCENE, 40), np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB
    )
    lost = []
    for shift in (0, 3):
        shown = scene[shift:, shift:]
        where = slice(start[0], 104), slice(start[1], 184)
        again = in_own_jpeg(shown, where, shown[where], 40)
        assert again.shape == shown[where].shape
        lost.append(np.abs(again.astype(int) - shown[where])[16:-16, 16:-16].mean())
    assert lost[0] < 0.4 * lost[1]


def test_pixels_become_those_of_the_quality() -> None:
    pixels = RNG.integers(0, 256, (40, 60, 1), np.uint8).repeat(3, axis=2)
    where = slice(10, 50), slice(20, 80)
    lost = [np.abs(in_own_jpeg(SCENE, where, pixels, q).astype(int) - pixels).mean() for q in (95, 30)]
    assert lost[1] > 2 * lost[0]
