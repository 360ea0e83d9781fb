"""SynthText: photographs with painted words, each photograph decoded once and all of its words cut out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from str_pipelines.execution import Execution
from str_pipelines.imaging.crop import MAX_SIDE
from str_pipelines.imaging.decode import SCENE_PIXELS, encode_jpeg
from str_pipelines.imaging.quick import decode_quick
from str_pipelines.records import Refused, Rejection, Word
from str_pipelines.sources.files import check_name, read_below, stamp
from str_pipelines.sources.gt_table import NAME, gt_table
from str_pipelines.sources.word_config import ReadWordsParams, StSource
from str_pipelines.sources.word_crops import cut_axis_aligned, cut_perspective
from str_pipelines.storage.digests import canonical, digest_of
from str_pipelines.storage.tables import iterate, rows_in

SOURCE = "synthtext"
MISMATCHED = ("67/fruits_129_", "194/window_19_")
"""Photographs that show other words than gt.mat says (SynthText's issue 151, docTR's black list)."""
CUTS = {"axis_aligned": cut_axis_aligned, "perspective": cut_perspective}


class SynthText:
    """The photographs of a gt.mat, in its order; words are called `<photograph>#<number of its word>`, from 0."""

    def __init__(self, config: StSource, params: ReadWordsParams, execution: Execution) -> None:
        """Parse gt.mat, or find it parsed.

        Raises:
            FileNotFoundError: there is none.
            ValueError: it cannot be read.
        """
        self._config, self._params = config, params
        self._root, self._file = config.root.resolve().as_posix(), config.root / NAME
        self._table = gt_table(self._file, execution)
        facts = config.model_dump(mode="json", exclude={"root"})
        self.listed = digest_of([canonical([self._table.digest, self._root, facts])])

    @property
    def digest(self) -> str:
        """Of gt.mat, of the way words are cut, and of sizes and times of change of all photographs."""
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
            quads = np.array(row["boxes"], np.float64).reshape(-1, 4, 2)
            for place, (label, quad) in enumerate(zip(row["words"], quads, strict=True)):
                try:
                    yield self._word(f"{record}#{place}", image, label, quad)
                except Refused as refused:
                    yield Rejection(str(self._file), f"{record}#{place}", refused.reason, refused.detail)

    def _photograph(self, row: Mapping[str, Any]) -> NDArray[np.uint8]:
        """(H, W, 3) RGB."""
        name = row["image"]
        if row["fault"]:
            raise Refused(row["fault"], row["detail"])
        check_name(name, "path")
        if name.startswith(MISMATCHED):
            raise Refused("known_mismatch", "known to show other words than gt.mat says")
        if not row["words"]:
            raise Refused("no_text_found", "no words are listed")
        image = decode_quick(read_below(self._root, name), SCENE_PIXELS)
        if max(image.shape) > MAX_SIDE:
            raise Refused(
                "image_too_large", f"{image.shape[1]}x{image.shape[0]}, the limit is {MAX_SIDE} pixels a side"
            )
        return image

    def _word(self, name: str, image: NDArray[np.uint8], label: str, quad: NDArray[np.float64]) -> Word:
        word = CUTS[self._config.crop](image, quad, self._config.min_visible)
        height, width = word.shape[:2]
        self._params.check_size(width, height)
        facts = {"quad": quad.ravel().round(2).tolist()}
        return Word(name, encode_jpeg(word, self._config.quality), label, (width, height), SOURCE, facts)
