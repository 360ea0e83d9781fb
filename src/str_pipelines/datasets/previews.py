"""What kedro viz shows beside a dataset: contact sheets, and the figures of a report."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from html import escape
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from str_pipelines.imaging.decode import SCENE_PIXELS, WORD_PIXELS, decode
from str_pipelines.imaging.sheets import PAPER, Cell, sheet
from str_pipelines.records import Refused, Report
from str_pipelines.storage.masks import MaskLmdb
from str_pipelines.storage.pairs import PairLmdb
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.storage.words import WordLmdb

PANEL = 458 / 300  # kedro viz stretches every picture to this shape, width by height
TABLE = 410  # pixels: as wide as its side panel shows without scrolling
BLANK = np.full((1, 1, 3), PAPER, np.uint8)


def words_sheet(words: WordLmdb, count: int) -> str:
    """`count` words spread over the set, with their labels, as base64 PNG."""
    shown = [words[index] for index in _spread(len(words), count)]
    return _framed([_cell(word.image, word.label, WORD_PIXELS) for word in shown], 4)


def scenes_sheet(scenes: SceneLmdb, count: int) -> str:
    """`count` photographs spread over the set, with their names, as base64 PNG."""
    shown = [scenes[index] for index in _spread(len(scenes), count)]
    cells = [_cell(scene.image, f"{scene.id}: {len(scene.instances)} words", SCENE_PIXELS) for scene in shown]
    return _framed(cells, 3, height=160, width=220)


def masks_sheet(masks: MaskLmdb, count: int) -> str:
    """`count` masks spread over the set, ink in black, with the ids of their words, as base64 PNG."""
    places = _spread(len(masks), count)
    pages = [255 - np.round(masks.pixels(place) * (255 / masks.full)).astype(np.uint8) for place in places]
    cells = [
        Cell([np.repeat(page[..., None], 3, axis=2)], masks.id_of(place))
        for place, page in zip(places, pages, strict=True)
    ]
    return _framed(cells, 4)


def pairs_sheet(pairs: PairLmdb, count: int) -> str:
    """`count` pairs spread over the set, the worse picture beside the better one, as base64 PNG."""
    places = _spread(len(pairs), count)
    cells = [
        Cell([decode(image, WORD_PIXELS) for image in pairs.images(place)], pairs.id_of(place)) for place in places
    ]
    return _framed(cells, 2)


def squares_sheet(folder: Path, labels: Mapping[str, str], count: int) -> str:
    """`count` pictures of a folder spread over the labelled ones, with their labels, as base64 PNG."""
    names = sorted(labels)
    shown = [names[index] for index in _spread(len(names), count)]
    cells = [_cell((folder / name).read_bytes(), labels[name], WORD_PIXELS) for name in shown]
    return _framed(cells, 5, height=176)


def report_page(report: Report) -> str:
    """The figures, a row a chart, and below them the sheets, as HTML."""
    rows = "".join(f"<tr><td><b>{_said(name)}</b></td><td>{_curves(c)}</td></tr>" for name, c in report.metrics.items())
    sheets = "".join(
        f'<p>{_said(name)}</p><img alt="{_said(name)}" src="data:image/png;base64,{_encoded(png)}" width="100%">'
        for name, png in report.sheets.items()
    )
    return f'<table style="width: {TABLE}px">{rows}</table>{sheets}'


def _curves(curves: Mapping[str, float]) -> str:
    return ", ".join(f"{_said(name)} {value:.6g}" for name, value in curves.items())


def _said(name: str) -> str:
    """The name in words: kedro viz reads HTML as Markdown too, to which underscores mean slanted letters."""
    return escape(name.replace("_", " "))


def _cell(image: bytes, caption: str, limit: int) -> Cell:
    """A picture above its caption; nothing above it, and the reason in it, for one that cannot be decoded."""
    try:
        return Cell([decode(image, limit)], caption)
    except Refused as refused:
        return Cell([BLANK], f"{caption}: {refused.reason}")


def _spread(size: int, count: int) -> list[int]:
    return sorted({number * size // count for number in range(count)}) if size else []


def _framed(cells: Sequence[Cell], columns: int, height: int = 48, width: int = 176) -> str:
    """A sheet on paper of the panel's shape, which then stretches nothing, as base64 PNG."""
    page = Image.open(BytesIO(sheet(cells, min(columns, max(1, len(cells))), height, width)))
    right, below = round(page.height * PANEL) - page.width, round(page.width / PANEL) - page.height
    framed = BytesIO()
    ImageOps.expand(page, (0, 0, max(0, right), max(0, below)), PAPER).save(framed, "PNG")
    return _encoded(framed.getvalue())


def _encoded(png: bytes) -> str:
    return b64encode(png).decode()
