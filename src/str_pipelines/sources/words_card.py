"""What a set of labelled words holds: counts, sizes, lengths, characters, what was turned away, and sheets."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import ImageFile

from str_pipelines.imaging.decode import WORD_PIXELS, decode
from str_pipelines.imaging.sheets import Cell, sheet
from str_pipelines.records import Refused, Report
from str_pipelines.sources.word_figures import Rows, WordFigures
from str_pipelines.storage.handles import Handle
from str_pipelines.storage.words import WordLmdb

SHEET_WORDS, LISTED = 96, 1000
REJECTED_WORDS, A_REASON = 96, 16
Pixels = NDArray[np.uint8]


def card(words: WordLmdb) -> Report:
    """As `report_of`, with a sheet `words` of some drawn from all over the set."""
    drawn = np.random.default_rng(0).choice(len(words), min(SHEET_WORDS, len(words)), replace=False)
    shown = [words[place] for place in sorted(drawn.tolist())]
    cells = [_cell(word.image, word.label) for word in shown]
    drawn_words = sheet(cells, columns=8, title="labelled words")
    return report_of(words, "Labelled words", f"Content digest `{words.digest}`.", {"words": drawn_words})


def report_of(rows: Handle, title: str, remark: str, sheets: Mapping[str, bytes]) -> Report:
    """What can be said of the rows of a set and of what was turned away.

    Metrics `words/*` and `rejected/<reason>`; tables `rejections` (the first 1,000), `characters`, `lengths`,
    `heights`, `widths`, `aspects`; sheets `histograms` and `rejected` beside those given. The file `charset.txt` has
    all characters, one a line, for a recognizer that is to read just them.
    """
    found, rejected = WordFigures.of(rows), dict(Counter(rows.manifest.rejected).most_common())
    counts: dict[str, float] = {"kept": len(rows), "rejected": sum(rejected.values())}
    metrics: dict[str, Mapping[str, float]] = {"words": counts | found.metrics(), "rejected": rejected}
    drawn = {**sheets, "histograms": found.bars(rejected)}
    if cells := _rejected(rows):
        drawn["rejected"] = sheet(cells, columns=8, title="turned away: some of each reason, as far as can be seen")
    charset = "".join(f"{character}\n" for character in sorted(found.characters))
    text = f"# {title}\n\n{_prose(rows, metrics['words'])}\n\n{remark}\n\n{_reasons(counts, rejected)}\n"
    return Report(
        metrics, text, {"rejections": _listed(rows), **found.tables()}, drawn, {"charset.txt": charset.encode()}
    )


def licences_of(made: Mapping[str, Any]) -> list[str]:
    """The licences of what a set was made of, as its manifest says them."""
    inner = made.get("sets", ())
    said = [each.get("licence", "") for each in inner] if inner else [made.get("source", {}).get("licence", "")]
    return sorted({licence or "not stated" for licence in said})


def seen(image: bytes) -> Pixels | None:
    """What can be seen of a picture (H, W, 3), however damaged it is."""
    try:
        ImageFile.LOAD_TRUNCATED_IMAGES = True
        return decode(image, WORD_PIXELS)
    except Refused:
        return None
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False


def _rejected(rows: Handle) -> list[Cell]:
    """Pictures that were turned away, of each reason some from all over the set."""
    found: dict[str, list[tuple[str, bytes]]] = defaultdict(list)
    for reason, record, picture in rows.rejected_pictures():
        found[reason].append((record, picture))
    cells = []
    for reason, pictures in sorted(found.items()):
        step = -(-len(pictures) // A_REASON)
        cells += [_cell(picture, f"{reason}: {record}") for record, picture in pictures[::step]]
    return [cell for cell in cells if cell.pictures][:REJECTED_WORDS]


def _cell(image: bytes, caption: str) -> Cell:
    pixels = seen(image)
    return Cell([] if pixels is None else [pixels], caption)


def _listed(rows: Handle) -> Rows:
    return [
        {"file": each.source, "record": each.record, "reason": each.reason, "detail": each.detail}
        for each in islice(rows.rejections(), LISTED)
    ]


def _prose(rows: Handle, figures: Mapping[str, float]) -> str:
    return f"""{figures["kept"]:,} words with {figures["labels"]:,} labels of {figures["characters"]:,} characters, the
longest of {figures["longest"]}. {_sizes(figures)} Licence: {"; ".join(licences_of(rows.manifest.made))}."""


def _reasons(counts: Mapping[str, float], rejected: Mapping[str, int]) -> str:
    everything = sum(counts.values())
    lines = [f"| {reason} | {count:,} | {count / everything:.2%} |" for reason, count in rejected.items()]
    return "\n".join(["| turned away | count | of all |", "|---|---|---|", *(lines or ["| none | 0 | 0% |"])])


def _sizes(figures: Mapping[str, float]) -> str:
    """Of a set without words there is nothing to say."""
    if "height_p5" not in figures:
        return ""
    heights, aspects = (
        ", ".join(f"{figures[f'{name}_p{each}']:g}" for each in (5, 50, 95)) for name in ("height", "aspect")
    )
    return f"Height in pixels: {heights};\nwidth over height: {aspects} (5th, 50th, 95th percentile)."
