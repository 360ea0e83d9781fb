"""A photograph's own compression: at which quality its JPEG was written, and a patch as it would look in there."""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.fill import compress

BLOCK = 16  # pixels: colours are kept for squares of 8 by 8 at half resolution

_SEGMENT, _TABLES, _SCAN = struct.Struct(">BBH"), 0xDB, 0xDA
# Of luminance, ITU-T T.81, table K.1: libjpeg scales it by the quality, and nearly everybody has libjpeg's tables.
_LUMINANCE = np.array(
    [
        16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56,
        14, 17, 22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
        49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
    ]
)  # fmt: skip
_SCALES = np.array([5000 // quality if quality < 50 else 200 - 2 * quality for quality in range(1, 101)])
_SUMS = np.clip((_LUMINANCE * _SCALES[:, None] + 50) // 100, 1, 255).sum(axis=1)  # of the table of each quality


def jpeg_quality(data: bytes) -> int | None:
    """The quality (1 to 100, as libjpeg counts) whose luminance table is nearest to that of a JPEG; None of others."""
    steps = _luminance_steps(data) if data.startswith(b"\xff\xd8") else None
    return None if steps is None else int(np.abs(_SUMS - sum(steps)).argmin()) + 1


def in_own_jpeg(
    scene: NDArray[np.uint8], where: tuple[slice, slice], pixels: NDArray[np.uint8], quality: int
) -> NDArray[np.uint8]:
    """What would be read from the scene's JPEG if these pixels had been in it: blocks lie as they lie there.

    Args:
        scene: (H, W, 3) uint8 RGB; `where`: rows and columns in it.
        pixels: (h, w, 3) uint8, to stand there.
        quality: 1 to 100.
    """
    rows, columns = where
    above, before = rows.start % BLOCK, columns.start % BLOCK
    whole = scene[rows.start - above : rows.stop, columns.start - before : columns.stop].copy()
    whole[above:, before:] = pixels
    return compress(whole, quality)[above:, before:]


def _luminance_steps(data: bytes) -> tuple[int, ...] | None:
    """The 64 steps of quantisation table 0, in whatever order; None where the header has none."""
    place = 2
    try:
        while True:
            mark, marker, length = _SEGMENT.unpack_from(data, place)
            if mark != 0xFF or marker == _SCAN:
                return None
            if marker == _TABLES and (steps := _first_table(data[place + 4 : place + 2 + length])):
                return steps
            place += 2 + length
    except struct.error:  # cut off
        return None


def _first_table(tables: bytes) -> tuple[int, ...] | None:
    """Table 0 of a segment, where each has a byte with precision and number, then 64 steps of one or two bytes."""
    place = 0
    while place < len(tables):
        wide, number = divmod(tables[place], 16)
        form = struct.Struct(">64H" if wide else ">64B")
        if not number:
            return form.unpack_from(tables, place + 1)
        place += 1 + form.size
    return None
