"""What the bytes of a header say is what Pillow says, or nothing; a picture cut short is not called whole."""

from __future__ import annotations

import io
import random
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from str_pipelines.imaging.decode import FORMATS, decode, size_of
from str_pipelines.imaging.headers import plain_size

PICTURE = np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8)
TURNED = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
PLAIN: dict[str, tuple[str, str, dict[str, Any]]] = {
    "jpeg": ("RGB", "JPEG", {}),
    "grey jpeg": ("L", "JPEG", {"quality": 30}),
    "progressive jpeg": ("RGB", "JPEG", {"progressive": True, "subsampling": 0}),
    "jpeg with a comment": ("RGB", "JPEG", {"comment": b"\xff\xd9 is no end here"}),
    "png": ("RGB", "PNG", {}),
    "grey png": ("L", "PNG", {}),
    "png with a resolution": ("RGB", "PNG", {"dpi": (300, 300)}),
}
OTHER: dict[str, tuple[str, str, dict[str, Any]]] = {
    "turned jpeg": ("RGB", "JPEG", {"exif": TURNED}),
    "cmyk": ("CMYK", "JPEG", {}),
    "png with alpha": ("RGBA", "PNG", {}),
    "palette": ("P", "PNG", {}),
    "one bit": ("1", "PNG", {}),
    "16 bits": ("I;16", "PNG", {}),
    "bmp": ("RGB", "BMP", {}),
    "webp": ("RGB", "WEBP", {}),
}


def encoded(mode: str, kind: str, options: dict[str, Any]) -> bytes:
    picture = Image.fromarray(PICTURE)
    image = Image.fromarray(PICTURE[..., 0].astype(np.uint16)) if mode == "I;16" else picture.convert(mode)
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


@pytest.mark.parametrize("name", PLAIN)
def test_plain_pictures_are_measured_by_their_bytes(name: str) -> None:
    data = encoded(*PLAIN[name])
    assert plain_size(data) == size_of(data) == (60, 40)


@pytest.mark.parametrize("name", OTHER)
def test_others_are_left_to_pillow(name: str) -> None:
    data = encoded(*OTHER[name])
    assert plain_size(data) is None and size_of(data) == decode(data).shape[1::-1]


@given(st.sampled_from(sorted(PLAIN)), st.integers(0, 2**32), st.integers(1, 4))
def test_damaged_headers_are_read_as_pillow_reads_them(name: str, seed: int, flips: int) -> None:
    data, rng = bytearray(encoded(*PLAIN[name])), random.Random(seed)
    for _ in range(flips):
        data[rng.randrange(min(len(data), 700))] = rng.randrange(256)
    found = plain_size(bytes(data))
    if found is None:
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(data), formats=FORMATS)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return  # what Pillow cannot open at all, the decoder refuses
    assert found == picture.size


@given(name=st.sampled_from(sorted(PLAIN)), share=st.floats(0, 1, exclude_max=True))
def test_a_picture_cut_short_is_not_plain(name: str, share: float) -> None:
    data = encoded(*PLAIN[name])
    assert plain_size(data[: int(share * len(data))]) is None
