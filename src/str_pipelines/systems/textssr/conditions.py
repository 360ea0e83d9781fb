"""What the network is told: the hole, the word drawn where it goes, and an image of each of its characters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.fonts import covers, find_fonts, font_name
from str_pipelines.imaging.frames import reading_frame, warp_alpha
from str_pipelines.imaging.glyphs import draw_column, draw_line
from str_pipelines.records import Refused
from str_pipelines.systems.textssr.config import LONGEST
from str_pipelines.systems.textssr.windows import Window

Plane = NDArray[np.uint8]
DRAWN = 64  # pixels per em: glyphs are drawn once at this size and warped
STEP = 128 // LONGEST  # grey levels from a character to the next: 5, as published
PLAIN = "DejaVuSans-Bold"
FILLED = 0.8  # of a cell's side is taken by the longer side of a character


@dataclass(frozen=True, slots=True)
class Conditions:
    """Of a word in its square of R pixels; all uint8.

    `hole` (R, R): 255 where the quad is, 0 where the photograph stays, in between along its border. `glyph` (R, R): the
    coverage of the word's letters. `cells` (25, c, c): character i on white, tight, with the grey 5 i; white beyond the
    text. `count`: how many characters there are.
    """

    hole: Plane
    glyph: Plane
    cells: Plane
    count: int

    def within(self, window: Window) -> Conditions:
        """Those of a part of the square."""
        return replace(self, hole=self.hole[window], glyph=self.glyph[window])


def conditions_of(text: str, quad: NDArray[np.float64], resolution: int, cell: int, font: Path) -> Conditions:
    """The conditions of `text` in `quad` (4, 2), in pixels of the square.

    The letters are antialiased, cut to their ink and fill the quad, along the side that the annotator began with: the
    reference keeps 75 to 85 % of the ink, adds the font's ascender gap and loses the way round of 7 % of IC15.

    Raises:
        Refused: `text_too_long` for more than 25 characters; and as `imaging.frames.reading_frame`.
    """
    if len(text) > LONGEST:
        raise Refused("text_too_long", f"{len(text)} characters, {LONGEST} are possible")
    frame = reading_frame(quad, text)
    draw = draw_column if frame.stacked else draw_line
    glyph = warp_alpha(draw(text, font, DRAWN).alpha, frame.corners, (resolution, resolution))
    whole = np.full((resolution, resolution), 255, np.uint8)
    hole = warp_alpha(whole, quad, (resolution, resolution))
    cells = np.full((LONGEST, cell, cell), 255, np.uint8)
    for number, character in enumerate(text):
        grey, ink = STEP * number, cell_of(character, cell, font).astype(np.uint16)
        cells[number] = 255 - (ink * (255 - grey) + 127) // 255
    return Conditions(hole, glyph, cells, len(text))


@lru_cache(maxsize=1 << 14)
def cell_of(character: str, cell: int, font: Path) -> Plane:
    """(c, c) coverage of a character, in the middle of its cell; nothing for a blank."""
    found = np.zeros((cell, cell), np.uint8)
    if character.isspace():
        return found
    alpha = draw_line(character, font, cell).alpha
    scale = FILLED * cell / max(alpha.shape)
    width, height = (max(1, round(scale * side)) for side in alpha.shape[::-1])
    drawn = cv2.resize(alpha, (width, height), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    x, y = (cell - width) // 2, (cell - height) // 2
    found[y : y + height, x : x + width] = drawn
    return found


def glyph_fonts(paths: Sequence[str] = ()) -> tuple[Path, ...]:
    """The fonts of glyphs and cells: those given, or the bundled ones, a plain bold one with many letters first.

    Raises:
        FileNotFoundError, ValueError: as `find_fonts`.
    """
    found = find_fonts(paths)
    return found if paths else tuple(sorted(found, key=lambda path: path.stem != PLAIN))


def font_for(text: str, fonts: Sequence[Path]) -> Path:
    """The first font that has all characters: one face, so that the glyph says which letters, and nothing of style.

    Raises:
        Refused: `no_font`.
    """
    for font in fonts:
        if covers(font, text):
            return font
    raise Refused("no_font", f"none of {len(fonts)} fonts, {font_name(fonts[0])} the first, has all of {text!r}")
