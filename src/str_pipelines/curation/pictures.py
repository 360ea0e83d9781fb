"""What is looked at before a picture of somebody else's is taken in, and what its file is called."""

from __future__ import annotations

from str_pipelines.imaging.decode import WORD_PIXELS, size_of
from str_pipelines.records import Refused

SUFFIXES = {b"\xff\xd8\xff": ".jpg", b"\x89PNG": ".png", b"BM": ".bmp", b"RIFF": ".webp"}
PICTURES = frozenset({*SUFFIXES.values(), ".jpeg"})


def size_allowed(image: bytes) -> tuple[int, int]:
    """(width, height) from the header; nothing is decoded.

    Raises:
        Refused: as `size_of`; `image_too_large` above 4 megapixels.
    """
    width, height = size_of(image)
    if width * height > WORD_PIXELS:
        raise Refused("image_too_large", f"{width}x{height} is more than {WORD_PIXELS} pixels")
    return width, height


def suffix_of(image: bytes) -> str:
    """How the name of its file ends.

    Raises:
        Refused: `image_unreadable` where it is none of JPEG, PNG, BMP, WebP.
    """
    for mark, suffix in SUFFIXES.items():
        if image.startswith(mark):
            return suffix
    raise Refused("image_unreadable", "not a JPEG, PNG, BMP or WebP")
