"""Encoded pictures to RGB and back, with a limit before every decode."""

from __future__ import annotations

import io
import warnings

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from str_pipelines.records import Refused

FORMATS = ("JPEG", "PNG", "BMP", "WEBP")
SCENE_PIXELS = 25_000_000
WORD_PIXELS = 4_000_000
SIXTEEN_BIT = ("I;16", "I;16B", "I;16L", "I")


def size_of(data: bytes) -> tuple[int, int]:
    """(width, height) of an encoded picture, from its header alone.

    Raises:
        Refused: `image_empty`, or `image_unreadable` where it is none of JPEG, PNG, BMP, WebP.
    """
    return _open(data).size


def decode(data: bytes, limit: int = SCENE_PIXELS) -> NDArray[np.uint8]:
    """An encoded picture as (H, W, 3) uint8 RGB: turned as its EXIF says, transparency laid on white.

    Raises:
        Refused: as `size_of`; `image_too_large` above `limit` pixels, said before anything is decoded;
            `image_truncated` where the data end too early or are damaged.
    """
    picture = _open(data)
    width, height = picture.size
    if width * height > limit:
        raise Refused("image_too_large", f"{width}×{height} is more than {limit} pixels")
    try:
        upright = ImageOps.exif_transpose(picture)
        return np.asarray(_rgb(upright), dtype=np.uint8)
    except (OSError, SyntaxError, ValueError) as error:
        raise Refused("image_truncated", str(error)) from error


def encode_png(image: NDArray[np.uint8]) -> bytes:
    """(H, W, 3) uint8 RGB as PNG."""
    done, data = cv2.imencode(".png", image[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 3])
    if not done:
        raise ValueError(f"a picture of shape {image.shape} could not be encoded as PNG")
    return data.tobytes()


def _open(data: bytes) -> Image.Image:
    if not data:
        raise Refused("image_empty", "0 bytes")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit follows
            return Image.open(io.BytesIO(data), formats=FORMATS)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Refused("image_unreadable", f"{type(error).__name__}: not a JPEG, PNG, BMP or WebP") from error


def _rgb(picture: Image.Image) -> Image.Image:
    if picture.mode in SIXTEEN_BIT:
        return Image.fromarray((np.asarray(picture).astype(np.uint32) >> 8).astype(np.uint8)).convert("RGB")
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")
    return picture.convert("RGB")
