"""SCUT-HCCDoc, the handwriting of the Benchmark of Chinese Text Recognition: lines of text in photographs of pages.

`hccdoc_train.json`, `hccdoc_test.json`: {annotations: {kind of page: [{file_path, gt: [{point [x1, y1, …, x4, y4],
text}]}]}}, and the photographs below `image/`. As in the benchmark every fifth line of a page, from the first, is
`val`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from str_pipelines.records import Refused, Rejection
from str_pipelines.sources.published.annotations import polygon_of, text_of, value_of
from str_pipelines.sources.published.entry import Entry
from str_pipelines.sources.published.texts import refused
from str_pipelines.sources.streams import members

SPLITS = {"train": ("hccdoc_train.json",), "val": ("hccdoc_train.json",), "test": ("hccdoc_test.json",)}
FIFTH = 5


def entries(root: Path, split: str) -> Iterator[Entry | Rejection]:
    """The lines of a split; ids are `<photograph>#<place of the line>`, from 0. Blanks in labels stay."""
    listing = root / SPLITS[split][0]
    for kind, pages in members(listing, "annotations"):
        if not isinstance(pages, list):
            yield refused(listing, kind, "annotations_malformed", "a list of pages is wanted")
            continue
        for number, page in enumerate(pages):
            yield from _page(listing, f"{kind} {number}", page, split)


def _page(listing: Path, record: str, page: Any, split: str) -> Iterator[Entry | Rejection]:
    file, said = value_of(page, "file_path"), value_of(page, "gt")
    if not isinstance(file, str) or not isinstance(said, list):
        yield refused(listing, record, "record_malformed", "a page has a file_path and a list gt")
        return
    for place, line in enumerate(said):
        if split != "test" and (place % FIFTH == 0) != (split == "val"):
            continue
        name, picture = f"image/{file}#{place}", f"image/{file}"
        try:
            yield Entry(name, picture, text_of(line, "text"), polygon_of(value_of(line, "point")), "Chinese")
        except Refused as error:
            yield refused(listing, name, error.reason, error.detail)
