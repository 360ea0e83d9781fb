"""Masks as small PNGs: one bit a pixel, and yet 0 and 1 for whoever reads them as grey levels, as CCD's are."""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.decode import WORD_PIXELS
from str_pipelines.imaging.headers import PNG, PNG_END
from str_pipelines.records import Refused

SMALL = 1024
"""Bytes: pixels that take no more are stored as they are. Packing them would take as long as finding the mask, for 200
bytes less."""
_HEAD = struct.Struct(">4sIIBBBBB")
_NUMBER, _SIZE = struct.Struct(">I"), struct.Struct(">II")


def encode_mask(mask: NDArray[np.uint8], full: int = 1) -> bytes:
    """(H, W) uint8 from 0 to `full` as PNG: one bit a pixel where `full` is 1, else eight bits of grey.

    One bit stands for the place in a palette of two colours, of which the second is the grey level 1: OpenCV and Pillow
    decode it to 0 and 1, where a PNG of one bit of grey would be 0 and 255.
    """
    if full != 1:
        return bytes(cv2.imencode(".png", mask, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1])
    height, width = mask.shape
    rows = np.zeros((height, 1 + (width + 7) // 8), np.uint8)  # a row begins with 0: it is filtered by nothing
    rows[:, 1:] = np.packbits(mask, axis=1)
    return _stored(rows, width) if rows.size <= SMALL else _packed(rows, width)


def decode_mask(data: bytes) -> NDArray[np.uint8]:
    """A mask of anybody's as (H, W) uint8, as it is stored: 0 and 1, 0 and 255, or between.

    Raises:
        Refused: `mask_unreadable` where it is no PNG that can be decoded, `mask_too_large` above 4 megapixels.
    """
    width, height = mask_size(data)
    if width * height > WORD_PIXELS:
        raise Refused("mask_too_large", f"{width}x{height} is more than {WORD_PIXELS} pixels")
    mask = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    if mask is None or mask.shape != (height, width):
        raise Refused("mask_unreadable", f"a PNG of {len(data)} bytes that cannot be decoded")
    return np.asarray(mask, np.uint8)


def mask_size(data: bytes) -> tuple[int, int]:
    """(width, height) from the header.

    Raises:
        Refused: `mask_unreadable` where it is no PNG.
    """
    if not data.startswith(PNG) or data[12:16] != b"IHDR" or len(data) < 24:
        raise Refused("mask_unreadable", f"{len(data)} bytes that are no PNG")
    width, height = _SIZE.unpack_from(data, 16)
    return width, height


def _packed(rows: NDArray[np.uint8], width: int) -> bytes:
    return b"".join((_header(width, len(rows)), _chunk(b"IDAT" + zlib.compress(rows.data, 1)), PNG_END))


def _stored(rows: NDArray[np.uint8], width: int) -> bytes:
    """The same with one block of zlib that is not packed: all but pixels and checksums is known from the size."""
    pixels = rows.tobytes()
    start, checksum = _before_stored(width, len(rows))
    adler = _NUMBER.pack(zlib.adler32(pixels))
    checksum = zlib.crc32(adler, zlib.crc32(pixels, checksum))
    return b"".join((start, pixels, adler, _NUMBER.pack(checksum), PNG_END))


@lru_cache(maxsize=4096)
def _before_stored(width: int, height: int) -> tuple[bytes, int]:
    """What comes before the pixels, and the checksum of that part of it that counts."""
    size = height * (1 + (width + 7) // 8)
    begun = b"IDAT\x78\x01\x01" + struct.pack("<HH", size, 0xFFFF - size)
    return _header(width, height) + _NUMBER.pack(len(begun) - 4 + size + 4) + begun, zlib.crc32(begun)


def _header(width: int, height: int) -> bytes:
    """Signature, size and palette."""
    head = _HEAD.pack(b"IHDR", width, height, 1, 3, 0, 0, 0)
    return PNG + _chunk(head) + _chunk(b"PLTE" + bytes((0, 0, 0, 1, 1, 1)))


def _chunk(content: bytes) -> bytes:
    """A chunk of a PNG: length, name and data, checksum."""
    return b"".join((_NUMBER.pack(len(content) - 4), content, _NUMBER.pack(zlib.crc32(content))))
