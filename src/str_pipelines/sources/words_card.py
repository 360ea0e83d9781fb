"""What a set of labelled words holds: counts, sizes, lengths, characters, what was turned away, and a sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.decode import WORD_PIXELS, decode
from str_pipelines.imaging.sheets import Cell, sheet
from str_pipelines.records import Report
from str_pipelines.storage.handles import ROWS
from str_pipelines.storage.words import WordLmdb

if TYPE_CHECKING:
    import pyarrow as pa

SHEET_WORDS, LISTED, CHUNK = 96, 1000, 50_000
Rows = Sequence[Mapping[str, int | str]]


def card(words: WordLmdb) -> Report:
    """Metrics `words/*` and `rejected/<reason>`; tables `rejections` (the first 1,000), `characters`, `lengths`.

    The file `charset.txt` has all characters, one a line, for a recognizer that is to read just them.
    """
    lengths, characters = Counter[int](), Counter[str]()
    distinct: set[int] = set()
    sizes: list[NDArray[np.int32]] = []
    for labels, size in _pieces(words):
        texts = labels.to_pylist()
        lengths.update(map(len, texts))
        characters.update("".join(texts))
        distinct.update(map(hash, filter(None, texts)))  # a number a label: millions of texts would fill the memory
        sizes.append(size)
    figures: dict[str, float] = {"kept": len(words), "rejected": sum(words.manifest.rejected.values())}
    figures |= {"labels": len(distinct), "characters": len(characters), "longest": max(lengths, default=0)}
    figures |= _percentiles(np.concatenate(sizes))
    rejected = dict(Counter(words.manifest.rejected).most_common())
    tables: dict[str, Rows] = {
        "rejections": _rejections(words),
        "characters": [{"character": each, "count": count} for each, count in characters.most_common()],
        "lengths": [{"length": length, "count": lengths[length]} for length in sorted(lengths)],
    }
    metrics: dict[str, Mapping[str, float]] = {"words": figures, "rejected": rejected}
    charset = "".join(f"{character}\n" for character in sorted(characters))
    files = {"charset.txt": charset.encode()}
    return Report(metrics, _prose(words, figures, rejected), tables, {"words": _sheet(words)}, files)


def _pieces(words: WordLmdb) -> Iterator[tuple[pa.Array, NDArray[np.int32]]]:
    """Labels (N) and (N, 2) width and height, of one shard after the other."""
    import pyarrow.parquet as pq

    for folder in words.folders():
        with pq.ParquetFile(folder / ROWS) as file:
            if not file.metadata.num_rows:
                continue
            for batch in file.iter_batches(CHUNK, columns=["label", "width", "height"]):
                sides = [batch.column(side).to_numpy() for side in ("width", "height")]
                yield batch.column("label"), np.stack(sides, axis=1).astype(np.int32)


def _percentiles(sizes: NDArray[np.int32]) -> dict[str, float]:
    """Of heights in pixels, and of width over height."""
    ways: dict[str, NDArray[np.float64]] = {
        "height": sizes[:, 1] / 1,
        "aspect": sizes[:, 0] / np.maximum(sizes[:, 1], 1),
    }
    return {
        f"{name}_p{percent}": round(float(np.percentile(values, percent)), 2)
        for name, values in ways.items()
        for percent in (5, 50, 95)
    }


def _rejections(words: WordLmdb) -> Rows:
    return [
        {"file": each.source, "record": each.record, "reason": each.reason, "detail": each.detail}
        for each in islice(words.rejections(), LISTED)
    ]


def _sheet(words: WordLmdb) -> bytes:
    """Words from all over the set."""
    count = min(SHEET_WORDS, len(words))
    shown = [words[index * len(words) // count] for index in range(count)]
    cells = [Cell([decode(word.image, WORD_PIXELS)], word.label) for word in shown]
    return sheet(cells, columns=8, title="labelled words")


def _prose(words: WordLmdb, figures: Mapping[str, float], rejected: Mapping[str, int]) -> str:
    reasons = "\n".join(f"| {reason} | {count:,} |" for reason, count in rejected.items()) or "| none | 0 |"
    return f"""# Labelled words

{figures["kept"]:,} words with {figures["labels"]:,} labels of {figures["characters"]:,} characters, the longest of
{figures["longest"]}. Height in pixels: {figures["height_p5"]:g}, {figures["height_p50"]:g}, {figures["height_p95"]:g};
width over height: {figures["aspect_p5"]:g}, {figures["aspect_p50"]:g}, {figures["aspect_p95"]:g} (5th, 50th, 95th
percentile). Content digest `{words.digest}`.

| turned away | count |
|---|---|
{reasons}
"""
