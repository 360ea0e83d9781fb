"""The HDF5 file that SynthText's generator writes, to a row a photograph, which lies in that file too."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from str_pipelines.sources.gt_cells import (
    MOST,
    MOST_CHARACTERS,
    Row,
    boxes_of,
    name_of,
    refused,
    row_of,
    text_of,
    tried,
)

GROUP = "data"
PIXELS = 25_000_000
TEXT_BYTES, BOX_BYTES = 16 * MOST, 64 * MOST_CHARACTERS


def rows(path: Path, align: bool = False) -> Iterator[Row]:
    """A row a dataset of the group `data`: as of gt.mat, and at which byte its pixels begin, how high and wide it is.

    So nobody needs this format again who wants pixels: they are 3 bytes each, RGB, row by row.

    Args:
        align: where there are not as many boxes as words, make them of the boxes of characters.

    Raises:
        ValueError: it has another layout.
    """
    with h5py.File(path, "r") as file:
        if file.userblock_size:
            raise ValueError("something stands before the file itself")
        group = file.get(GROUP) if isinstance(file.get(GROUP, getlink=True), h5py.HardLink) else None
        if not isinstance(group, h5py.Group):
            raise ValueError(f"no group `{GROUP}`")
        for name in group:
            yield _row(group, name, align, path.stat().st_size)


def _row(group: h5py.Group, name: str, align: bool, size: int) -> Row:
    image = tried(name_of, np.array([name]))
    shown = "" if isinstance(image, ValueError) else image
    found = group[name] if isinstance(group.get(name, getlink=True), h5py.HardLink) else None
    if not isinstance(found, h5py.Dataset):
        return refused(shown, "member_no_file", "a dataset is wanted, and no link or group")
    text = tried(text_of, _attribute(found, "txt", TEXT_BYTES))
    boxes = tried(boxes_of, _attribute(found, "wordBB", BOX_BYTES))
    characters = tried(boxes_of, _attribute(found, "charBB", BOX_BYTES)) if align else None
    row = row_of(image, text, boxes, characters)
    try:
        return row if row["fault"] else {**row, **_place(found, size)}
    except ValueError as error:
        return refused(shown, *error.args)


def _attribute(dataset: h5py.Dataset, name: str, most: int) -> NDArray[Any] | None:
    """An attribute that is no larger than `most` bytes; texts, of whatever kind, as characters."""
    if name not in dataset.attrs:
        return None
    found = dataset.attrs.get_id(name)
    if math.prod(found.shape) * found.dtype.itemsize > most or found.dtype.kind not in "fiuSO":
        return None
    value = np.atleast_1d(dataset.attrs[name])
    if value.dtype.kind in "SO":
        return _texts(value)
    return value


def _texts(value: NDArray[Any]) -> NDArray[Any] | None:
    try:
        return np.array([each.decode() if isinstance(each, bytes) else str(each) for each in value.ravel()], str)
    except UnicodeDecodeError:
        return None


def _place(dataset: h5py.Dataset, size: int) -> dict[str, int]:
    """Where its pixels lie in the file, one after the other.

    Raises:
        ValueError: reason and detail, where they do not.
    """
    if dataset.ndim != 3 or dataset.shape[2] != 3 or dataset.dtype != np.uint8:
        raise ValueError("image_unreadable", f"H x W x 3 bytes are wanted, not {dataset.shape} of {dataset.dtype}")
    height, width = dataset.shape[:2]
    if not 0 < height * width <= PIXELS:
        raise ValueError("image_too_large", f"{width}x{height}, {PIXELS} pixels allowed")
    plan, offset = dataset.id.get_create_plist(), dataset.id.get_offset()
    if plan.get_layout() != h5py.h5d.CONTIGUOUS or plan.get_external_count() or offset is None:
        raise ValueError("image_unreadable", "its pixels are packed, or in another file")
    if offset + 3 * height * width > size:
        raise ValueError("image_truncated", f"its pixels begin at byte {offset} of {size}")
    return {"offset": int(offset), "height": int(height), "width": int(width)}
