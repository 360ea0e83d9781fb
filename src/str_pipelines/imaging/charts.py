"""Counts as bars: panels of rows, each with a name, a bar and a number, as one PNG to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from str_pipelines.imaging.decode import encode_png
from str_pipelines.imaging.sheets import GAP, INK, PAPER, caption_font, shortened

ROW, HEAD, MARGIN = 16, 30, 24  # pixels
LONGEST_NAME, BAR, COUNT = 200, 120, 72  # pixels across
FILL = (86, 128, 168)


@dataclass(frozen=True)
class Panel:
    """A title and (name, count) from top to bottom."""

    title: str
    bars: Sequence[tuple[str, float]]


def charts(panels: Sequence[Panel], title: str = "") -> bytes:
    """The panels side by side; the longest bar of each is as long as there is room for."""
    rows = max((len(panel.bars) for panel in panels), default=0)
    names = [_name_width(panel) for panel in panels]
    width = sum(name + BAR + COUNT + MARGIN for name in names) + MARGIN
    page = Image.new("RGB", (width, 2 * HEAD + rows * ROW + GAP), PAPER)
    draw = ImageDraw.Draw(page)
    draw.text((MARGIN, 8), title, INK, caption_font(title))
    left = MARGIN
    for name, panel in zip(names, panels, strict=True):
        _draw_panel(draw, panel, left, left + name)
        left += name + BAR + COUNT + MARGIN
    return encode_png(np.asarray(page))


def _name_width(panel: Panel) -> int:
    """Pixels for the names of the bars."""
    widest = max((caption_font(name).getlength(name) for name, _ in panel.bars), default=0)
    return min(LONGEST_NAME, round(widest)) + GAP


def _draw_panel(draw: ImageDraw.ImageDraw, panel: Panel, left: int, bar: int) -> None:
    """Names from `left` on, bars from `bar` on."""
    draw.text((left, HEAD + 8), panel.title, INK, caption_font(panel.title))
    most = max((count for _, count in panel.bars), default=0)
    for number, (name, count) in enumerate(panel.bars):
        line, font = 2 * HEAD + number * ROW, caption_font(name)
        draw.text((left, line), shortened(name, bar - left, font), INK, font)
        if count:
            draw.rectangle((bar, line + 2, bar + max(1, round(BAR * count / most)), line + ROW - 4), FILL)
        said = f"{count:,.0f}"
        draw.text((bar + BAR + COUNT - caption_font(said).getlength(said), line), said, INK, caption_font(said))
