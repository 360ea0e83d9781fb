from __future__ import annotations

import io
import random
import struct
import sys
import time
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from subprocess import run
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from str_pipelines.imaging.decode import decode, encode_png, size_of
from str_pipelines.records import Refused
from tools.damage import cut, pictures, scattered

Y, X = np.mgrid[:40, :60]
SMOOTH = np.stack([X * 4, Y * 6, (X + Y) * 2], axis=-1).astype(np.uint8)
ORIENTATION = 0x0112


def encoded(picture: NDArray[Any] | Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    image.save(file, kind, **options)
    return file.getvalue()


def as_mode(mode: str) -> Image.Image:
    return Image.fromarray(SMOOTH).convert(mode)


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, row: bytes) -> bytes:
    """A PNG of one bit a pixel whose rows are all the same."""
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    data = zlib.compress(row * height, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def orientation(value: int) -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION] = value
    return exif.tobytes()


def animation(kind: str) -> bytes:
    frames = [Image.fromarray(np.full((40, 60, 3), grey, np.uint8)) for grey in (200, 50, 10)]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


@pytest.mark.parametrize("kind", ["PNG", "BMP", "WEBP"])
def test_lossless_pictures_come_back_as_they_were(kind: str) -> None:
    data = encoded(SMOOTH, kind, **({"lossless": True} if kind == "WEBP" else {}))
    np.testing.assert_array_equal(decode(data), SMOOTH)
    assert size_of(data) == (60, 40)


@given(st.integers(1, 40), st.integers(1, 40), st.randoms())
def test_png_round_trip(height: int, width: int, rng: random.Random) -> None:
    image = np.frombuffer(rng.randbytes(height * width * 3), np.uint8).reshape(height, width, 3)
    np.testing.assert_array_equal(decode(encode_png(image)), image)


@pytest.mark.parametrize(
    ("kind", "mode", "grey", "tolerance"),
    [
        ("JPEG", "RGB", False, 12),
        ("JPEG", "CMYK", False, 12),
        ("JPEG", "L", True, 8),
        ("PNG", "L", True, 0),
        ("PNG", "LA", True, 0),
        ("PNG", "RGBA", False, 0),
        ("BMP", "L", True, 0),
        ("WEBP", "RGB", False, 20),
    ],
)
def test_every_mode_becomes_rgb(kind: str, mode: str, grey: bool, tolerance: int) -> None:
    expected = np.asarray(as_mode("L").convert("RGB")) if grey else SMOOTH
    decoded = decode(encoded(as_mode(mode), kind))
    assert decoded.dtype == np.uint8
    assert decoded.shape == (40, 60, 3)
    assert np.abs(decoded.astype(int) - expected).max() <= tolerance


def test_a_jpeg_of_adobe_with_inverted_cmyk() -> None:
    ink = Image.merge("CMYK", [Image.new("L", (16, 16), value) for value in (255, 0, 0, 0)])
    red, green, blue = decode(encoded(ink, "JPEG"))[8, 8].astype(int)
    assert red < 20 and green > 200 and blue > 200


def test_one_bit_a_pixel() -> None:
    bits = Image.fromarray((X + Y) % 2 == 0)
    for kind in ("PNG", "BMP"):
        np.testing.assert_array_equal(decode(encoded(bits, kind))[..., 1], np.where((X + Y) % 2 == 0, 255, 0))


def test_sixteen_bits_keep_the_upper_eight() -> None:
    deep = (X * 1000 + Y).astype(np.uint16)
    np.testing.assert_array_equal(decode(encoded(deep, "PNG"))[..., 0], deep >> 8)


def test_transparency_is_laid_on_white() -> None:
    half = Image.new("RGBA", (4, 4), (0, 0, 0, 128))
    assert decode(encoded(half, "PNG"))[0, 0].tolist() == [127, 127, 127]
    assert decode(encoded(half, "WEBP", lossless=True))[0, 0].tolist() == [127, 127, 127]
    palette = Image.new("P", (4, 4), 1)
    palette.putpalette([0, 0, 0, 10, 200, 30])
    assert decode(encoded(palette, "PNG"))[0, 0].tolist() == [10, 200, 30]
    assert decode(encoded(palette, "PNG", transparency=1))[0, 0].tolist() == [255, 255, 255]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("value", range(1, 9))
def test_a_picture_is_turned_as_its_exif_says(kind: str, value: int) -> None:
    turned: list[Callable[[NDArray[np.uint8]], NDArray[np.uint8]]] = [
        lambda a: a, np.fliplr, lambda a: np.rot90(a, 2), np.flipud, lambda a: a.transpose(1, 0, 2),
        lambda a: np.rot90(a, -1), lambda a: np.rot90(a, 2).transpose(1, 0, 2), lambda a: np.rot90(a, 1),
    ]  # fmt: skip
    data = encoded(SMOOTH, kind, exif=orientation(value), quality=95)
    expected = turned[value - 1](SMOOTH)
    decoded = decode(data)
    assert size_of(data) == (expected.shape[1], expected.shape[0])
    assert decoded.shape == expected.shape
    assert np.abs(decoded.astype(int) - expected).mean() < 4


@given(st.data())
@settings(max_examples=300)
def test_damaged_exif_does_not_cost_the_picture(data: st.DataObject) -> None:
    exif = bytearray(orientation(1))
    for _ in range(data.draw(st.integers(1, 4))):
        exif[data.draw(st.integers(0, len(exif) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(exif[: data.draw(st.integers(1, len(exif)))])
    assert decode(encoded(SMOOTH, "JPEG", exif=cut)).size == SMOOTH.size


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_of_an_animation_the_first_frame(kind: str) -> None:
    assert np.abs(decode(animation(kind)).astype(int) - 200).max() <= 2


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "PPM", "ICO", "TGA"])
def test_other_formats_are_refused(kind: str) -> None:
    for function in (decode, size_of):
        with pytest.raises(Refused, match="image_unreadable"):
            function(encoded(SMOOTH, kind))


def test_nothing_and_garbage_are_refused() -> None:
    for data, reason in ((b"", "empty"), (b"\x00" * 4096, "unreadable"), (b"\xff\xd8\xff", "unreadable")):
        with pytest.raises(Refused, match=f"image_{reason}"):
            decode(data)
    with pytest.raises(Refused, match="image_"):
        decode(png(0, 5, b"\x00"))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP"])
@pytest.mark.parametrize("share", [0.3, 0.7, 0.98])
def test_a_picture_cut_short_is_refused(kind: str, share: float) -> None:
    noisy = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    data = encoded(noisy, kind)
    with pytest.raises(Refused, match="image_truncated|image_unreadable"):
        decode(data[: int(share * len(data))])


def test_the_limit_is_in_pixels() -> None:
    data = encoded(SMOOTH, "PNG")
    assert decode(data, limit=2400).shape == (40, 60, 3)
    with pytest.raises(Refused, match="image_too_large: 60x40 is more than 2399 pixels"):
        decode(data, limit=2399)


@pytest.mark.parametrize("side", [9_000, 20_000])
def test_a_bomb_is_refused_before_it_is_decoded(side: int) -> None:
    data = png(side, side, b"\x00" * (side // 8 + 1))
    tracemalloc.start()
    try:
        with pytest.raises(Refused, match="image_too_large"):
            decode(data)
        assert tracemalloc.get_traced_memory()[1] < 5e6 + len(data)
    finally:
        tracemalloc.stop()


PEAK = """
import resource, sys
from pathlib import Path
from str_pipelines.imaging.decode import decode
from str_pipelines.records import Refused
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    decode(Path(sys.argv[1]).read_bytes())
except Refused as refused:
    print(refused.reason, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_bomb_takes_less_than_50_mb_as_the_system_counts(kind: str, tmp_path: Path) -> None:
    """Python does not see what a decoder allocates, such as the canvases of an animation."""
    data = bytearray(animation("WEBP") if kind == "WEBP" else png(9000, 9000, b"\x00" * 1126))
    if kind == "WEBP":
        at = data.index(b"VP8X") + 12
        data[at : at + 6] = (15_999).to_bytes(3, "little") * 2
    (tmp_path / "bomb").write_bytes(data)
    done = run([sys.executable, "-c", PEAK, tmp_path / "bomb"], capture_output=True, text=True, check=True)
    reason, kilobytes = done.stdout.split()
    assert reason == "image_too_large" and int(kilobytes) < 50_000


def test_a_thousand_damaged_pictures_are_decoded_or_refused_in_time() -> None:
    good = [data for _, data in pictures()]
    rng, outcomes = random.Random(0), set()
    for _ in range(1000):
        data, start = rng.choice((cut, scattered, scattered))(rng, rng.choice(good)), time.monotonic()
        try:
            assert decode(data).shape[2] == 3
            outcomes.add("decoded")
        except Refused as refused:
            outcomes.add(refused.reason)
        assert time.monotonic() - start < 2
    assert {"decoded", "image_truncated", "image_unreadable"} <= outcomes
