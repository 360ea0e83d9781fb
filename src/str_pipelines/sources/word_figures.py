"""What the rows of a set of words say of it: sizes, shapes, lengths, characters, as figures, tables and bars."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.charts import Panel, charts
from str_pipelines.storage.handles import ROWS, Handle

if TYPE_CHECKING:
    import pyarrow as pa

CHUNK, BARS = 50_000, 30
SIDES = (1, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 512)
"""Pixels at which the bins of heights and widths begin; the last one is open."""
ASPECTS = (0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 5, 6, 8, 10, 15)
LONG = 25
"""Characters from which on lengths share a bar: most recognizers read no more."""
Rows = Sequence[Mapping[str, int | float | str]]


@dataclass(frozen=True)
class WordFigures:
    """Sizes (N, 2) width and height; how many labels have which length, which characters they have, how many differ."""

    sizes: NDArray[np.int32]
    lengths: Counter[int]
    characters: Counter[str]
    labels: int

    @classmethod
    def of(cls, rows: Handle) -> WordFigures:
        """Of a set whose sidecar has `label`, `width` and `height`; 16 bytes a word are in memory."""
        lengths, characters = Counter[int](), Counter[str]()
        hashes, sizes = [np.empty(0, np.int64)], [np.empty((0, 2), np.int32)]
        for labels, size in _pieces(rows):
            texts = labels.to_pylist()
            lengths.update(map(len, texts))
            characters.update("".join(texts))
            hashes.append(np.fromiter(map(hash, filter(None, texts)), np.int64))
            sizes.append(size)
        return cls(np.concatenate(sizes), lengths, characters, len(np.unique(np.concatenate(hashes))))

    @property
    def aspects(self) -> NDArray[np.float64]:
        """Width over height (N)."""
        return np.asarray(self.sizes[:, 0] / np.maximum(self.sizes[:, 1], 1))

    def metrics(self) -> dict[str, float]:
        """How many labels and characters differ, the longest label, percentiles of heights in pixels and of aspects."""
        counts = {"labels": self.labels, "characters": len(self.characters), "longest": max(self.lengths, default=0)}
        return counts | _percentiles("height", self.sizes[:, 1]) | _percentiles("aspect", self.aspects)

    def tables(self) -> dict[str, Rows]:
        """`characters`, `lengths`, `heights`, `widths`, `aspects`: a row a bin, which ends below `below`."""
        return {
            "characters": [{"character": each, "count": count} for each, count in self.characters.most_common()],
            "lengths": [{"length": length, "count": self.lengths[length]} for length in sorted(self.lengths)],
            **{name: _bins(values, edges) for name, values, edges in self._binned()},
        }

    def bars(self, rejected: Mapping[str, int]) -> bytes:
        """The same as a PNG, and beside it what was turned away, by reason."""
        binned = [Panel(name, _bars(values, edges)) for name, values, edges in self._binned()]
        counts = [self.lengths[length] for length in range(1, LONG + 1)]
        rest = sum(count for length, count in self.lengths.items() if length > LONG)
        lengths = [*((str(length), count) for length, count in enumerate(counts, 1)), (f"over {LONG}", rest)]
        characters = self.characters.most_common(BARS)
        reasons = Counter(rejected).most_common(BARS)
        panels = [*binned, Panel("characters a label", lengths), Panel(f"characters, {BARS} of them", characters)]
        return charts([*panels, Panel("turned away", reasons)], f"{len(self.sizes):,} words")

    def _binned(self) -> list[tuple[str, NDArray[np.float64], Sequence[float]]]:
        widths, heights = self.sizes[:, 0] / 1, self.sizes[:, 1] / 1
        return [("heights", heights, SIDES), ("widths", widths, SIDES), ("aspects", self.aspects, ASPECTS)]


def _pieces(rows: Handle) -> Iterator[tuple[pa.Array, NDArray[np.int32]]]:
    """Labels (N) and (N, 2) width and height, of one shard after the other."""
    import pyarrow.parquet as pq

    for folder in rows.folders():
        with pq.ParquetFile(folder / ROWS) as file:
            if not file.metadata.num_rows:
                continue
            for batch in file.iter_batches(CHUNK, columns=["label", "width", "height"]):
                sides = [batch.column(side).to_numpy() for side in ("width", "height")]
                yield batch.column("label"), np.stack(sides, axis=1).astype(np.int32)


def _percentiles(name: str, values: NDArray[np.float64] | NDArray[np.int32]) -> dict[str, float]:
    if not len(values):
        return {}
    return {f"{name}_p{percent}": round(float(np.percentile(values, percent)), 2) for percent in (5, 50, 95)}


def _bins(values: NDArray[np.float64], edges: Sequence[float]) -> Rows:
    counts, _ = np.histogram(values, [*edges, np.inf])
    ends: list[float | str] = [*edges[1:], ""]
    return [{"from": low, "below": end, "count": int(n)} for low, end, n in zip(edges, ends, counts, strict=True)]


def _bars(values: NDArray[np.float64], edges: Sequence[float]) -> list[tuple[str, float]]:
    counts, _ = np.histogram(values, [*edges, np.inf])
    names = [*(f"{low:g} to {high:g}" for low, high in pairwise(edges)), f"{edges[-1]:g} and more"]
    return list(zip(names, counts.tolist(), strict=True))
