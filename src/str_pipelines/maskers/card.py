"""What a set of masks looks like: how much ink, how many parts a character, what failed, and words beside masks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.decode import WORD_PIXELS, decode
from str_pipelines.imaging.regions import character_regions
from str_pipelines.imaging.sheets import PAPER, Cell, sheet
from str_pipelines.records import Refused, Report
from str_pipelines.storage.handles import ROWS
from str_pipelines.storage.masks import MaskLmdb
from str_pipelines.storage.words import WordLmdb

SHEET_WORDS, COUNTED, LISTED = 60, 2000, 1000
DOUBTFUL = 0.75  # certainty below which a mask may be the ground
HEIGHT = 32  # pixels, of the masks whose parts CCD counts
Rows = Sequence[Mapping[str, int | float | str]]


def card(masks: MaskLmdb, words: WordLmdb) -> Report:
    """Metrics `masks/*` and `failed/<reason>`; the table `failures` (the first 1,000); the sheets `masks`, `doubtful`.

    Raises:
        ValueError: these are not the masks of these words.
    """
    masks.require(words)
    ink, certainty = (_column(masks, name) for name in ("ink", "certainty"))
    good = certainty > 0
    figures = {"count": float(len(masks)), "failed": float(np.count_nonzero(~good))}
    figures |= {f"ink_p{percent}": _percentile(ink[good], percent) for percent in (5, 50, 95)}
    figures["doubtful_share"] = round(float(np.mean(certainty[good] < DOUBTFUL)), 4) if good.any() else 0.0
    figures["parts_per_character"] = _parts_per_character(masks, words, _spread(np.flatnonzero(good), COUNTED))
    failed = dict(Counter(masks.manifest.rejected).most_common())
    failures: Rows = [
        {"record": each.record, "reason": each.reason, "detail": each.detail}
        for each in islice(masks.rejections(), LISTED)
    ]
    least = np.flatnonzero(good)[np.argsort(certainty[good], kind="stable")][:SHEET_WORDS]
    sheets = {
        "masks": _sheet(masks, words, _spread(np.arange(len(masks)), SHEET_WORDS), "words and their masks"),
        "doubtful": _sheet(masks, words, least.tolist(), "the least certain masks"),
    }
    return Report({"masks": figures, "failed": failed}, _prose(masks, figures, failed), {"failures": failures}, sheets)


def _column(masks: MaskLmdb, name: str) -> NDArray[np.float64]:
    """A column of numbers of the sidecar, in the order of the masks."""
    import pyarrow.parquet as pq

    found = [np.zeros(0)]
    for folder in masks.folders():
        with pq.ParquetFile(folder / ROWS) as file:
            if file.metadata.num_rows:
                found.append(file.read([name])[name].to_numpy())
    return np.concatenate(found)


def _percentile(values: NDArray[np.float64], percent: int) -> float:
    return round(float(np.percentile(values, percent)), 4) if len(values) else 0.0


def _spread(places: NDArray[np.intp], count: int) -> list[int]:
    """So many of the places, from all over them."""
    return sorted({int(places[number * len(places) // count]) for number in range(count)}) if len(places) else []


def _parts_per_character(masks: MaskLmdb, words: WordLmdb, places: Sequence[int]) -> float:
    """Connected parts for each character of the labels that is no blank; CCD's least size, at a height of 32 pixels."""
    parts = characters = 0
    for place in places:
        mask = masks.pixels(place)
        ink = np.asarray(mask > masks.full // 2, np.uint8)
        least = max(1, round(30 * (mask.shape[0] / HEIGHT) ** 2))
        parts += int(character_regions(ink, least, 255).max())
        characters += len("".join(words[place].label.split()))
    return round(parts / characters, 3) if characters else 0.0


def _sheet(masks: MaskLmdb, words: WordLmdb, places: Sequence[int], title: str) -> bytes:
    return sheet([_cell(masks, words, place) for place in places], columns=4, height=40, width=130, title=title)


def _cell(masks: MaskLmdb, words: WordLmdb, place: int) -> Cell:
    word = words[place]
    ink = 255 - np.round(masks.pixels(place) * (255 / masks.full)).astype(np.uint8)
    try:
        picture = decode(word.image, WORD_PIXELS)
    except Refused as refused:
        return Cell([np.full((1, 1, 3), PAPER, np.uint8)], f"{word.label}: {refused.reason}")
    return Cell([picture, np.repeat(ink[..., None], 3, axis=2)], word.label)


def _prose(masks: MaskLmdb, figures: Mapping[str, float], failed: Mapping[str, int]) -> str:
    reasons = "\n".join(f"| {reason} | {count:,} |" for reason, count in failed.items()) or "| none | 0 |"
    return f"""# Masks

{figures["count"]:,.0f} masks, of which {figures["failed"]:,.0f} are empty because there is none. Text covers
{figures["ink_p5"]:.1%}, {figures["ink_p50"]:.1%}, {figures["ink_p95"]:.1%} of a picture (5th, 50th, 95th percentile),
in {figures["parts_per_character"]:g} connected parts a character. {figures["doubtful_share"]:.1%} may be the ground
instead (certainty below {DOUBTFUL:g}). Content digest `{masks.digest}`.

| no mask | count |
|---|---|
{reasons}
"""
