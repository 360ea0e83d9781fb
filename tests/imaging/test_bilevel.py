"""Masks come back from their PNGs as they went in, from this and from other people's decoders."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray
from PIL import Image

from str_pipelines.imaging.bilevel import decode_mask, encode_mask, mask_size
from str_pipelines.records import Refused

shapes = array_shapes(min_dims=2, max_dims=2, max_side=150)  # below and above what is packed
masks = arrays(np.uint8, shapes, elements=st.integers(0, 1))
Mask = NDArray[np.uint8]


@given(masks)
def test_zero_and_one_come_back_whoever_decodes(mask: Mask) -> None:
    png = encode_mask(mask)
    np.testing.assert_array_equal(decode_mask(png), mask)
    np.testing.assert_array_equal(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE), mask)
    with Image.open(io.BytesIO(png)) as picture:
        np.testing.assert_array_equal(np.asarray(picture), mask)
        np.testing.assert_array_equal(np.asarray(picture.convert("L")), mask)
    assert mask_size(png) == mask.shape[::-1]


@given(arrays(np.uint8, shapes))
def test_shades_come_back(mask: Mask) -> None:
    np.testing.assert_array_equal(decode_mask(encode_mask(mask, 255)), mask)


def test_ccds_own_masks_are_read() -> None:
    mask = np.eye(7, 9, dtype=np.uint8)
    np.testing.assert_array_equal(decode_mask(bytes(cv2.imencode(".png", mask)[1])), mask)


def test_one_bit_a_pixel_is_small() -> None:
    mask = np.zeros((32, 100), np.uint8)
    mask[8:24, 10:90:7] = 1
    assert len(encode_mask(mask)) < 32 * 100 / 8 + 150
    assert len(encode_mask(np.kron(mask, np.ones((4, 4), np.uint8)))) < 900


PNG = encode_mask(np.eye(40, dtype=np.uint8))


@pytest.mark.parametrize("data", [b"", b"no picture", PNG[:20], PNG[:40], b"\xff\xd8\xff" + PNG])
def test_what_is_no_mask_is_refused(data: bytes) -> None:
    with pytest.raises(Refused, match="mask_unreadable"):
        decode_mask(data)


def test_a_bomb_is_refused_by_its_header() -> None:
    huge = PNG[:16] + (60_000).to_bytes(4, "big") * 2 + PNG[24:]
    with pytest.raises(Refused, match="mask_too_large"):
        decode_mask(huge)
