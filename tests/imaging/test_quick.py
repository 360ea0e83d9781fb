"""The quick decoder gives what the careful one gives, pixel for pixel, and leaves to it whatever is not plain."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from str_pipelines.imaging import headers, quick
from str_pipelines.imaging.decode import decode
from str_pipelines.imaging.quick import decode_grey, decode_quick
from str_pipelines.records import Refused


def picture(seed: int, width: int, height: int) -> Image.Image:
    coarse = np.random.default_rng(seed).integers(0, 256, (3, 5, 3), np.uint8)
    return Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)


def encoded(image: Image.Image, format: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


@given(
    st.integers(0, 99), st.integers(1, 90), st.integers(1, 50), st.sampled_from(["RGB", "L"]),
    st.integers(20, 98), st.integers(0, 2), st.booleans(),
)  # fmt: skip
def test_any_plain_jpeg_is_decoded_equally(
    seed: int, width: int, height: int, mode: str, quality: int, subsampling: int, progressive: bool
) -> None:
    image = picture(seed, width, height).convert(mode)
    data = encoded(image, "JPEG", quality=quality, subsampling=subsampling, progressive=progressive)
    assert np.array_equal(decode_quick(data), decode(data))


@pytest.mark.parametrize("mode", ["RGB", "L", "1", "P", "RGBA", "LA", "I;16"])
def test_any_png_is_decoded_equally(mode: str) -> None:
    image = Image.fromarray(np.arange(600, dtype=np.uint16).reshape(20, 30) * 90) if mode == "I;16" else None
    data = encoded(image or picture(0, 30, 20).convert(mode), "PNG")
    assert np.array_equal(decode_quick(data), decode(data))


def _exif(turn: int) -> bytes:
    found = Image.Exif()
    found[0x0112] = turn
    return found.tobytes()


@pytest.mark.parametrize(
    "data",
    [
        encoded(picture(1, 30, 20), "JPEG", exif=_exif(6)),
        encoded(picture(1, 30, 20), "PNG", exif=_exif(6)),
        encoded(picture(1, 30, 20).convert("CMYK"), "JPEG"),
        encoded(picture(1, 30, 20), "BMP"),
        encoded(picture(1, 30, 20), "WEBP", lossless=True),
        encoded(picture(1, 30, 20).convert("L"), "PNG", transparency=7),
        encoded(picture(1, 30, 20), "JPEG") + b"what some cameras leave behind it",
    ],
    ids=["turned", "turned PNG", "CMYK", "BMP", "WebP", "transparent", "appendix"],
)
def test_what_is_not_plain_goes_to_the_careful_decoder(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    careful: list[bytes] = []

    def noted(given: bytes, limit: int) -> NDArray[np.uint8]:
        careful.append(given)
        return decode(given, limit)

    monkeypatch.setattr(quick, "decode", noted)
    assert np.array_equal(decode_quick(data), decode(data))
    assert careful == [data]


def test_plain_pictures_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick, "decode", None)
    for format in ("JPEG", "PNG"):
        assert decode_quick(encoded(picture(1, 30, 20), format)).shape == (20, 30, 3)


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
def test_a_picture_cut_anywhere_is_refused_or_decoded_as_the_careful_one_does(format: str) -> None:
    data = encoded(picture(2, 40, 20), format)
    for length in range(0, len(data), 7):
        assert _outcome(decode_quick, data[:length]) == _outcome(decode, data[:length])


def test_the_limit_holds_before_anything_is_decoded() -> None:
    data = encoded(picture(3, 40, 20), "JPEG")
    assert decode_quick(data, 800).shape == (20, 40, 3)
    with pytest.raises(Refused, match="image_too_large"):
        decode_quick(data, 799)


@given(st.binary(max_size=60), st.sampled_from([b"", headers.JPEG, headers.PNG]))
def test_no_bytes_break_it(data: bytes, start: bytes) -> None:
    end = {headers.JPEG: headers.JPEG_END, headers.PNG: headers.PNG_END}.get(start, b"")
    assert _outcome(decode_quick, start + data + end) == _outcome(decode, start + data + end)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "BMP"])
def test_grey_is_pillows(format: str) -> None:
    for mode in ("RGB", "L"):
        data = encoded(picture(4, 90, 32).convert(mode), format)
        with Image.open(io.BytesIO(data)) as image:
            apart = np.abs(decode_grey(data).astype(int) - np.asarray(image.convert("L")))
        assert apart.max() <= 1 and np.count_nonzero(apart) <= 0.005 * apart.size


def test_grey_is_refused_as_colour_is() -> None:
    for data in (b"", b"no picture", encoded(picture(3, 40, 20), "JPEG")[:300]):
        assert _outcome(decode_grey, data) == _outcome(decode, data)


def _outcome(function: object, data: bytes) -> object:
    try:
        return function(data, 4_000_000).tobytes()  # type: ignore[operator]
    except Refused as refused:
        return refused.reason
