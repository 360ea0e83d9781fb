"""Encoded pictures to RGB and back, with a limit before every decode."""

from __future__ import annotations

import io
import struct
import warnings

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

from str_pipelines.imaging.headers import plain_size
from str_pipelines.records import Refused

FORMATS = ("JPEG", "PNG", "BMP", "WEBP")
SCENE_PIXELS = 25_000_000
WORD_PIXELS = 4_000_000

_BROKEN = (OSError, SyntaxError, ValueError, struct.error)
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def size_of(data: bytes) -> tuple[int, int]:
    """(width, height) of an encoded picture once it is decoded, from its header alone.

    Raises:
        Refused: `image_empty`, `image_unreadable` where it is none of JPEG, PNG, BMP, WebP, or `image_too_large`
            where Pillow's own limit is passed.
    """
    size = plain_size(data)
    if size and size[0] * size[1] <= SCENE_PIXELS:
        return size
    picture = _open(data)
    width, height = picture.size
    return (height, width) if _orientation(picture) >= 5 else (width, height)


def decode(data: bytes, limit: int = SCENE_PIXELS, turned: bool = True) -> NDArray[np.uint8]:
    """An encoded picture as (H, W, 3) uint8 RGB: turned as its EXIF says, transparency laid on white.

    Of 16 bits a channel the upper 8 are taken; of several frames, the first. Not `turned`, its pixels are where they
    are stored, whatever its EXIF says.

    Raises:
        Refused: as `size_of`; `image_too_large` above `limit` pixels, said before anything is decoded;
            `image_truncated` where the data end too early or are damaged.
    """
    picture = _open(data)
    width, height = picture.size
    if width * height > limit:
        raise Refused("image_too_large", f"{width}x{height} is more than {limit} pixels")
    turn = _TURNS.get(_orientation(picture)) if turned else None
    try:
        upright = _rgb(picture) if turn is None else _rgb(picture).transpose(turn)
    except _BROKEN as error:
        raise Refused("image_truncated", str(error)) from error
    return np.asarray(upright, dtype=np.uint8)


def encode_png(image: NDArray[np.uint8]) -> bytes:
    """(H, W, 3) uint8 RGB as PNG."""
    return _encode(cv2.cvtColor(image, cv2.COLOR_RGB2BGR), ".png", cv2.IMWRITE_PNG_COMPRESSION, 3)


def encode_jpeg(image: NDArray[np.uint8], quality: int) -> bytes:
    """(H, W, 3) uint8 RGB as JPEG of a quality from 1 to 100, its colours at half resolution."""
    return encode_jpeg_bgr(cv2.cvtColor(image, cv2.COLOR_RGB2BGR), quality)


def encode_jpeg_bgr(image: NDArray[np.uint8], quality: int) -> bytes:
    """As `encode_jpeg` of (H, W, 3) uint8 BGR, which may be a part of a picture; nothing is copied before."""
    return _encode(image, ".jpg", cv2.IMWRITE_JPEG_QUALITY, quality)


def _encode(image: NDArray[np.uint8], suffix: str, option: int, value: int) -> bytes:
    done, data = cv2.imencode(suffix, image, [option, value])
    if not done:
        raise ValueError(f"a picture of shape {image.shape} could not be encoded as {suffix[1:].upper()}")
    return bytes(data)


def _open(data: bytes) -> Image.Image:
    if not data:
        raise Refused("image_empty", "0 bytes")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of large pictures: our own limit follows; of corrupt EXIF: it is not used
            return Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise Refused("image_too_large", str(error)) from error
    except _BROKEN as error:
        raise Refused("image_unreadable", f"{type(error).__name__}: not a JPEG, PNG, BMP or WebP") from error


def _orientation(picture: Image.Image) -> int:
    """EXIF's 1 to 8, as far as the header has it; 1 where that is damaged: the pixels are not."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = Image.Image.getexif(picture).get(ExifTags.Base.Orientation)  # PNG's own would decode the picture
    except (*_BROKEN, TypeError):
        return 1
    return found if isinstance(found, int) and found in _TURNS else 1


def _rgb(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8)).convert("RGB")
    picture.load()  # only now is it known whether a PNG has transparency
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")
    return picture.convert("RGB")
