"""What a recognizer reads in painted squares, beside the real ones, and a sheet of both."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.crop import rectify, upright
from str_pipelines.imaging.sheets import Cell, sheet
from str_pipelines.metrics.recognition import word_accuracy
from str_pipelines.recognizers.trained import TrainedReader
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.systems.textssr.regions import Region

SHOWN = 32


class Judged(NamedTuple):
    """A region and what a network made of it, (H, W, 3) uint8."""

    region: Region
    picture: NDArray[np.uint8]


def legibility(seen: Sequence[Judged], reader: str) -> dict[str, float]:
    """`word_accuracy/painted` and `word_accuracy/real` of the words cut out of their squares, read by `reader`.

    It chooses weights and is therefore never the judge that scores them.
    """
    found = _reader(reader)
    texts = [each.region.text for each in seen]
    squares = {"painted": [each.picture for each in seen], "real": [each.region.picture for each in seen]}
    figures = {}
    for name, pictures in squares.items():
        words = [upright(rectify(picture, each.region.quad)) for picture, each in zip(pictures, seen, strict=True)]
        readings = [text for text, _ in found.read(words)]
        figures[f"word_accuracy/{name}"] = word_accuracy(list(zip(readings, texts, strict=True)))
    return figures


def pairs_sheet(seen: Sequence[Judged], title: str) -> bytes:
    """PNG of real and painted squares, side by side."""
    cells = [Cell([each.region.picture, each.picture], each.region.text) for each in seen[:SHOWN]]
    return sheet(cells, columns=4, title=title, height=128, width=128)


@lru_cache(maxsize=1)
def _reader(name: str) -> TrainedReader:
    return TrainedReader.load(Checkpoint.at(name))
