"""Pictures and LMDBs as failing disks, broken downloads and hostile hands leave them; the same for the same lot."""

from __future__ import annotations

import io
import random
import re
import struct
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image

PAGE = 4096  # bytes, LMDB's
ORIENTATION = 0x0112
Y, X = np.mgrid[:40, :60]
SMOOTH = Image.fromarray(np.stack([X * 4, Y * 6, (X + Y) * 2], axis=-1).astype(np.uint8))
DEEP = Image.fromarray((X * 1000 + Y).astype(np.uint16))
SUFFIXES = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp", "BMP": ".bmp", "GIF": ".gif", "TIFF": ".tif"}


def pictures() -> list[tuple[str, bytes]]:
    """Sound pictures of 60x40 pixels in every format and mode, each with the suffix of its format."""
    turned = Image.Exif()
    turned[ORIENTATION] = 6
    frames: dict[str, Any] = {"save_all": True, "append_images": [SMOOTH.rotate(180)], "duration": 100}
    modes: list[tuple[str, str, dict[str, Any]]] = [
        ("JPEG", "RGB", {}), ("JPEG", "RGB", {"progressive": True}), ("JPEG", "RGB", {"exif": turned.tobytes()}),
        ("JPEG", "L", {}), ("JPEG", "CMYK", {}), ("PNG", "RGB", {}), ("PNG", "RGBA", {}), ("PNG", "LA", {}),
        ("PNG", "P", {"transparency": 3}), ("PNG", "1", {}), ("PNG", "RGB", {"exif": turned.tobytes()}),
        ("PNG", "RGB", frames), ("WEBP", "RGB", {}), ("WEBP", "RGBA", {"lossless": True}), ("WEBP", "RGB", frames),
        ("BMP", "RGB", {}), ("BMP", "P", {}), ("GIF", "P", {}), ("GIF", "P", frames), ("TIFF", "RGB", {}),
        ("TIFF", "CMYK", {}), ("TIFF", "RGB", {"compression": "tiff_lzw"}),
    ]  # fmt: skip
    plain = [(SUFFIXES[kind], encoded(SMOOTH.convert(mode), kind, **options)) for kind, mode, options in modes]
    return plain + [(SUFFIXES[kind], encoded(DEEP, kind)) for kind in ("PNG", "TIFF")]


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    """A picture as the bytes of a file."""
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def spoilt_picture(rng: random.Random, data: bytes) -> bytes:
    """Cut, with bytes changed, taken out or put in, or with a header that claims an enormous picture."""
    [how] = rng.choices((cut, scattered, enormous), (3, 6, 1))
    return how(rng, data)


def spoilt_file(rng: random.Random, data: bytes) -> bytes:
    """Cut, with bytes changed anywhere or in the head of a page, or with whole pages of zeros; never as it was."""
    ways: tuple[Callable[[random.Random, bytes], bytes], ...] = (cut, changed, changed_head, zeroed)
    while (spoilt := rng.choice(ways)(rng, data)) == data:
        pass
    return spoilt


def cut(rng: random.Random, data: bytes) -> bytes:
    """The beginning."""
    return data[: rng.randrange(len(data))]


def changed(rng: random.Random, data: bytes) -> bytes:
    """Some bits or bytes, anywhere."""
    spoilt = bytearray(data)
    for _ in range(rng.choice((1, 1, 20, 200))):
        place = rng.randrange(len(spoilt))
        spoilt[place] = rng.choice((rng.randrange(256), spoilt[place] ^ 1 << rng.randrange(8)))
    return bytes(spoilt)


def changed_head(rng: random.Random, data: bytes) -> bytes:
    """Some bytes where an LMDB says how its pages hang together."""
    spoilt, page = bytearray(data), rng.randrange(max(1, len(data) // PAGE)) * PAGE
    for _ in range(rng.choice((1, 3, 10))):
        spoilt[page + rng.randrange(min(80, len(data)))] = rng.randrange(256)
    return bytes(spoilt)


def zeroed(rng: random.Random, data: bytes) -> bytes:
    """Some pages without anything."""
    spoilt, pages = bytearray(data), range(len(data) // PAGE)
    for page in rng.sample(pages, min(len(pages), rng.choice((1, 2, 8)))):
        spoilt[page * PAGE : (page + 1) * PAGE] = bytes(PAGE)
    return bytes(spoilt)


def scattered(rng: random.Random, data: bytes) -> bytes:
    """A few bytes changed, taken out or put in."""
    spoilt = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        place, how = rng.randrange(len(spoilt)), rng.random()
        if how < 0.6:
            spoilt[place] = rng.randrange(256)
        elif how < 0.8 and len(spoilt) > 20:
            del spoilt[place : place + rng.randrange(1, 9)]
        else:
            spoilt[place:place] = rng.randbytes(rng.randrange(1, 9))
    return bytes(spoilt)


def enormous(rng: random.Random, data: bytes) -> bytes:
    """The same pixels under a header that says more: 4,999 a side are still within the limit of a photograph."""
    side = rng.choice((4_999, 20_000, 65_535))
    return with_size(bytearray(data), side, rng.choice((side, 1)))


def with_size(data: bytearray, width: int, height: int) -> bytes:
    """Another size in the header: where that lies is each format's own affair."""
    head, canvas = bytes(data[:16]), min(width, 16_383) - 1 | (min(height, 16_383) - 1) << 14
    for start, place, size in (
        (b"GIF", 6, struct.pack("<HH", width, height)),
        (b"BM", 18, struct.pack("<II", width, height)),
        (b"\x89PNG", 16, struct.pack(">II", width, height)),
        (b"RIFF....WEBPVP8 ", 26, struct.pack("<HH", min(width, 16_383), min(height, 16_383))),
        (b"RIFF....WEBPVP8L", 21, struct.pack("<I", canvas)),
        (b"RIFF....WEBPVP8X", 24, (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")),
    ):
        if re.match(start, head, re.DOTALL):
            data[place : place + len(size)] = size
    if head.startswith(b"\x89PNG"):
        data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    for tag, number in ((rb"\xff[\xc0\xc2]..\x08", struct.pack(">HH", height, width)), *_tiff(width, height)):
        if head[:3] in (b"\xff\xd8\xff", b"II*") and (found := re.search(tag, bytes(data), re.DOTALL)):
            data[found.end() : found.end() + 4] = number
    return bytes(data)


def _tiff(width: int, height: int) -> list[tuple[bytes, bytes]]:
    """Where a TIFF says how wide and how high it is, and in which bytes."""
    entry = rb"[\x03\x04]\x00\x01\x00\x00\x00"
    return [(b"\x00\x01" + entry, struct.pack("<I", width)), (b"\x01\x01" + entry, struct.pack("<I", height))]
