"""SynthText: photographs with painted words, each photograph decoded once and all of its words cut out."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from str_pipelines.execution import Execution
from str_pipelines.imaging.crop import MAX_SIDE
from str_pipelines.imaging.decode import SCENE_PIXELS, encode_jpeg_bgr
from str_pipelines.imaging.quick import decode_bgr
from str_pipelines.records import Refused, Rejection, Word
from str_pipelines.sources.files import check_name, read_below, stamp
from str_pipelines.sources.gt_table import gt_table, listing_in
from str_pipelines.sources.word_config import ReadWordsParams, StSource
from str_pipelines.sources.word_crops import cut_axis_aligned, cut_perspective
from str_pipelines.storage.digests import canonical, digest_of
from str_pipelines.storage.tables import iterate, rows_in

SOURCE = "synthtext"
MISMATCHED = ("67/fruits_129_", "194/window_19_")
"""Photographs that show other words than gt.mat says (SynthText's issue 151, docTR's black list)."""
USUAL = 512 << 10
"""Bytes that a photograph has at most, but for a few."""
CUTS = {"axis_aligned": cut_axis_aligned, "perspective": cut_perspective}
Pixels = NDArray[np.uint8]


class SynthText:
    """The photographs of a gt.mat, or of the generator's HDF5 file, in its order.

    Words are called `<photograph>#<number of its word>`, from 0.
    """

    def __init__(self, config: StSource, params: ReadWordsParams, execution: Execution) -> None:
        """Parse what lists them, or find it parsed.

        Raises:
            FileNotFoundError: there is none.
            ValueError: it cannot be read.
        """
        self._config, self._params = config, params
        self._file = listing_in(config.root)
        self._root = self._file.parent.resolve().as_posix()
        self._table = gt_table(self._file, execution, config.mismatched)
        facts = config.model_dump(mode="json", exclude={"root"})
        self.listed = digest_of([canonical([self._table.digest, self._root, facts])])

    @property
    def digest(self) -> str:
        """Of what lists them, of the way words are cut, and of sizes and times of change of all photographs."""
        names = (row["image"] for row in iterate(self._table.path, ["image"])) if len(self) else ()
        stamps = (b"%d %d " % stamp(f"{self._root}/{name}".encode()) for name in names)
        return digest_of(chain([canonical(self.listed)], stamps))

    def __len__(self) -> int:
        return min(self._table.rows, self._params.limit or self._table.rows)

    def words(self, span: range) -> Iterator[Word | Rejection]:
        """The words of a range of photographs, and why one, or a whole photograph, cannot be used."""
        for number, row in zip(span, rows_in(self._table, span), strict=True):
            record = row["image"] or f"photograph {number + 1}"
            try:
                image = self._photograph(row)
            except Refused as refused:
                yield Rejection(str(self._file), record, refused.reason, refused.detail)
                continue
            quads = np.array(json.loads(row["boxes"]), np.float64).reshape(-1, 4, 2)
            said = quads.reshape(-1, 8).round(2).tolist()
            for place, label in enumerate(row["words"]):
                try:
                    yield self._word(f"{record}#{place}", image, label, quads[place], said[place])
                except Refused as refused:
                    yield Rejection(str(self._file), f"{record}#{place}", refused.reason, refused.detail)

    def _photograph(self, row: Mapping[str, Any]) -> Pixels:
        """(H, W, 3) BGR, as JPEGs are decoded and encoded."""
        name = row["image"]
        if row["fault"]:
            raise Refused(row["fault"], row["detail"])
        check_name(name, "path")
        if name.startswith(MISMATCHED):
            raise Refused("known_mismatch", "known to show other words than gt.mat says")
        if not row["words"]:
            raise Refused("no_text_found", "no words are listed")
        image = (
            self._inside(row) if row["offset"] >= 0 else decode_bgr(read_below(self._root, name, USUAL), SCENE_PIXELS)
        )
        if max(image.shape) > MAX_SIDE:
            raise Refused(
                "image_too_large", f"{image.shape[1]}x{image.shape[0]}, the limit is {MAX_SIDE} pixels a side"
            )
        return image

    def _inside(self, row: Mapping[str, Any]) -> Pixels:
        """A photograph in the file that lists it."""
        shape = row["height"], row["width"], 3
        handle = os.open(self._file, os.O_RDONLY)
        try:
            data = os.pread(handle, math.prod(shape), row["offset"])
        finally:
            os.close(handle)
        if len(data) < math.prod(shape):
            raise Refused("image_truncated", f"{len(data)} bytes of {math.prod(shape)}")
        return np.asarray(cv2.cvtColor(np.frombuffer(data, np.uint8).reshape(shape), cv2.COLOR_RGB2BGR), np.uint8)

    def _word(self, name: str, image: Pixels, label: str, quad: NDArray[np.float64], said: list[float]) -> Word:
        word = CUTS[self._config.crop](image, quad, self._config.min_visible)
        if self._config.upright and self._config.crop == "axis_aligned":
            word = read_rightwards(word, quad)
        height, width = word.shape[:2]
        self._params.check_size(width, height)
        return Word(name, encode_jpeg_bgr(word, self._config.quality), label, (width, height), SOURCE, {"quad": said})


def read_rightwards(word: Pixels, quad: NDArray[np.float64]) -> Pixels:
    """An upright rectangle turned by quarters, so that its text runs from left to right.

    Args:
        word: (h, w, 3).
        quad: (4, 2) in the photograph, clockwise from the top left of the text.

    Returns:
        (h, w, 3) or (w, h, 3).
    """
    along = quad[1] - quad[0]
    quarters = round(math.atan2(along[1], along[0]) / (math.pi / 2)) % 4
    return np.ascontiguousarray(np.rot90(word, quarters)) if quarters else word
