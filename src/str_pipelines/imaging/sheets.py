"""Contact sheets: rows of small pictures with a caption each, as one PNG to look at."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from str_pipelines.imaging.decode import encode_png
from str_pipelines.imaging.fonts import SUFFIXES, bundled_fonts, covers

GAP, CAPTION = 8, 16  # pixels
ASCII = 0x80  # code points below it are in the font of captions
SYSTEM_FONTS = Path("/usr/share/fonts")
LONGEST = 500  # characters of a caption that are looked at
PAPER, INK = (250, 250, 247), (40, 40, 40)


@dataclass(frozen=True)
class Cell:
    """One entry of a sheet: its pictures, (H, W, 3) uint8, side by side, above a caption."""

    pictures: Sequence[NDArray[np.uint8]]
    caption: str


def sheet(cells: Sequence[Cell], columns: int = 6, height: int = 48, width: int = 176, title: str = "") -> bytes:
    """The cells in rows as PNG; every picture is scaled to fit `height` × `width` pixels, its shape kept."""
    across = max((len(cell.pictures) for cell in cells), default=1)
    cell_width, cell_height = across * (width + GAP), height + CAPTION + GAP
    head = 28 if title else GAP
    rows = max(1, -(-len(cells) // columns))
    page = Image.new("RGB", (columns * (cell_width + GAP) + GAP, rows * (cell_height + GAP) + head), PAPER)
    draw = ImageDraw.Draw(page)
    draw.text((GAP, 6), title, INK, ImageFont.load_default(15))
    for number, cell in enumerate(cells):
        left = GAP + number % columns * (cell_width + GAP)
        top = head + number // columns * (cell_height + GAP)
        for place, picture in enumerate(cell.pictures):
            page.paste(Image.fromarray(fit(picture, width, height)), (left + place * (width + GAP), top))
        caption = " ".join(cell.caption[:LONGEST].split())
        font = caption_font(caption)
        draw.text((left, top + height + 2), shortened(caption, cell_width - GAP, font), INK, font)
    return encode_png(np.asarray(page))


def fit(picture: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """The picture scaled, larger or smaller, until it touches `width` × `height`."""
    scale = min(width / picture.shape[1], height / picture.shape[0])
    size = max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, size, interpolation=how), np.uint8)


@lru_cache(maxsize=1024)
def caption_font(text: str) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Pillow's own font, or for other scripts the first that covers the text, of ours and of those of the system."""
    if any(ord(character) >= ASCII for character in text):
        for font in _fonts():
            with suppress(OSError):  # one of the system's that does not open is no reason to have no sheet
                if covers(font, text):
                    return ImageFont.truetype(str(font), 12)
    return ImageFont.load_default(12)


@lru_cache(maxsize=1)
def _fonts() -> tuple[Path, ...]:
    others = sorted(file for file in SYSTEM_FONTS.rglob("*") if file.suffix.lower() in SUFFIXES)
    return (*(font for font in bundled_fonts() if font.stem == "DejaVuSans"), *others)


def shortened(line: str, width: int, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> str:
    """The line cut at the end until it is `width` pixels wide at most."""
    if font.getlength(line) <= width:
        return line
    while line and font.getlength(line + "…") > width:
        line = line[:-1]
    return line + "…"
