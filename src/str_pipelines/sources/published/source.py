"""A published set as a source of words: its listing parsed once to a table, its photographs decoded once each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import chain, groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from str_pipelines.execution import Execution
from str_pipelines.imaging.crop import MAX_SIDE
from str_pipelines.imaging.decode import SCENE_PIXELS, decode, encode_jpeg
from str_pipelines.imaging.headers import plain_size
from str_pipelines.imaging.quads import FARTHEST, quad_of
from str_pipelines.imaging.quick import decode_quick
from str_pipelines.records import Refused, Rejection, Word
from str_pipelines.sources.files import read_below, stamp
from str_pipelines.sources.published.table import entries_table
from str_pipelines.sources.sizes import checked_size
from str_pipelines.sources.word_config import PublishedSource, ReadWordsParams
from str_pipelines.sources.word_crops import cut_axis_aligned, cut_perspective
from str_pipelines.storage.digests import canonical, digest_of
from str_pipelines.storage.tables import iterate, rows_in

Pixels = NDArray[np.uint8]
Row = Mapping[str, Any]


class Published:
    """The words of a split, in the order of its listing. `limit` and `shard_size` count words."""

    def __init__(self, config: PublishedSource, params: ReadWordsParams, execution: Execution) -> None:
        """Parse the listing, or find it parsed.

        Raises:
            FileNotFoundError: a listing is missing.
            ValueError: it cannot be read.
        """
        self._config, self._params = config, params
        self._root, self._source = config.root.resolve().as_posix(), f"{config.name}/{config.split}"
        self._table = entries_table(config, execution)
        facts = config.model_dump(mode="json", exclude={"root"})
        self.listed = digest_of([canonical([self._table.digest, self._root, facts])])

    @property
    def digest(self) -> str:
        """Of the listing, of the way words are cut, and of sizes and times of change of all pictures."""
        rows = iterate(self._table.path, ["picture"]) if self._table.rows else ()
        names = (name for name, _ in groupby(row["picture"] for row in rows))
        stamps = (b"%d %d " % stamp(f"{self._root}/{name}".encode()) for name in names)
        return digest_of(chain([canonical(self.listed)], stamps))

    def __len__(self) -> int:
        return min(self._table.rows, self._params.limit or self._table.rows)

    def words(self, span: range) -> Iterator[Word | Rejection]:
        """The words of a range of the listing, and why one cannot be used."""
        _photograph.cache_clear()  # the last one may have been put right since
        for row in rows_in(self._table, span):
            try:
                if row["fault"]:
                    raise Refused(row["fault"], row["detail"])
                yield self._cut(row) if row["polygon"] else self._whole(row)
            except Refused as refused:
                yield Rejection(row["file"] or self._source, row["id"], refused.reason, refused.detail)

    def _whole(self, row: Row) -> Word:
        """A picture that is the word, as it lies."""
        image = read_below(self._root, row["picture"])
        size = checked_size(image, self._params)
        return Word(row["id"], image, row["label"], size, self._source, {"language": row["language"]})

    def _cut(self, row: Row) -> Word:
        """A word out of a photograph; one whose box stands upright is cut without making new pixels."""
        image = _photograph(self._root, row["picture"])
        polygon = np.array(json.loads(row["polygon"]), np.float64).reshape(-1, 2)
        if not (np.abs(polygon) <= FARTHEST).all():
            raise Refused("polygon_not_finite", "a coordinate is NaN, infinite or beyond a million pixels")
        box = _box_around(polygon)
        if self._config.crop == "box" or np.array_equal(box, polygon):
            quad, word = box, cut_axis_aligned(image, polygon, self._config.min_visible)
        else:
            quad = quad_of([(x, y) for x, y in polygon.tolist()])
            word = cut_perspective(image, quad, self._config.min_visible)
        height, width = word.shape[:2]
        self._params.check_size(width, height)
        facts = {"language": row["language"], "quad": quad.ravel().round(2).tolist()}
        return Word(
            row["id"], encode_jpeg(word, self._config.quality), row["label"], (width, height), self._source, facts
        )


@lru_cache(maxsize=1)
def _photograph(root: str, name: str) -> Pixels:
    """(H, W, 3) RGB; the last one is kept, as words of a photograph follow one another.

    It is not turned as its EXIF says: the authors of these sets annotated the pixels as they are stored.
    """
    data = read_below(root, name)
    image = decode_quick(data, SCENE_PIXELS) if plain_size(data) else decode(data, SCENE_PIXELS, turned=False)
    if max(image.shape) > MAX_SIDE:
        raise Refused("image_too_large", f"{image.shape[1]}x{image.shape[0]}, the limit is {MAX_SIDE} pixels a side")
    return image


def _box_around(polygon: NDArray[np.float64]) -> NDArray[np.float64]:
    """(4, 2) corners of the upright box around it."""
    (left, top), (right, bottom) = polygon.min(axis=0).tolist(), polygon.max(axis=0).tolist()
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
