"""Which font suits a quad, and how a word is set in it: size, stretch, spacing, place."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.bend import bend, corners_of, thicken
from str_pipelines.imaging.fonts import covers, font_name, load
from str_pipelines.imaging.frames import Frame
from str_pipelines.imaging.glyphs import Drawing, draw_column, draw_line, word_alpha
from str_pipelines.imaging.shaping import is_joined
from str_pipelines.records import Refused

THIN = 1.3  # pixels: strokes below it fade away
LIGHT = 0.09  # of the height of capitals: thinner strokes are rare on signs

_PROBE_SIZE = 64  # pixels per em at which faces are measured
_CAP_HEIGHT = 0.72  # em, of a common face
_LATIN = 0x24F  # the last code point of extended Latin
_DRAWING_SIZES = (24, 32, 48, 64, 96, 128, 192, 256)  # pixels per em; few, so that drawn glyphs are used again


def choose_font(
    fonts: Sequence[Path], text: str, aspect: float, height: float, rng: np.random.Generator, candidates: int = 1
) -> Path:
    """Of the first `candidates` fonts in a random order that cover `text`, the one that suits the quad best.

    It needs little stretching to the `aspect` (length over height), its strokes do not vanish at `height` pixels, and
    hairlines and italics come last, as they are rare on signs.

    Raises:
        Refused: `no_font` where none covers the text.
    """
    shuffled = (fonts[int(index)] for index in rng.permutation(len(fonts)))
    covering = list(islice((font for font in shuffled if covers(font, text)), candidates))
    if not covering:
        raise Refused("no_font", f"none of {len(fonts)} fonts has all characters of {text!r}")

    return min(covering, key=lambda font: _misfit(text, font, aspect, height))


def natural_aspect(text: str, font: Path) -> float:
    """Length over height of the text's ink, nearly: from the boxes of single characters, without kerning."""
    if is_joined(text):
        return _shaped_aspect(text, font)
    advances, tops, bottoms = zip(*(_character_box(font, character) for character in text), strict=True)
    return float(sum(advances) / max(max(bottoms) - min(tops), 0.3 * _PROBE_SIZE))


def stroke_share(font: Path, text: str = "") -> float:
    """Width of the font's strokes over the height of its capitals: from how deep the ink of an `n` is, or that of the
    first letter of a text in another script, whose strokes the same font may draw thinner."""
    probe = next((c for c in text if ord(c) > _LATIN and c.isalpha()), "n")
    return _strokes(font, probe) if covers(font, probe) else 0.12


@dataclass(frozen=True, slots=True)
class Setting:
    """A text set to fit a box: coverage (h, w) uint8, the quads (N, 4, 2) of its characters in it, and the length and
    height in pixels that it is to take."""

    alpha: NDArray[np.uint8]
    quads: NDArray[np.float64]
    length: float
    height: float


def set_text(
    text: str,
    font: Path,
    frame: Frame,
    *,
    fill: float = 1.0,
    stretch: float = 1.0,
    spacing: float = 0.0,
    growth: float = 0.0,
    rise: float = 0.0,
) -> Setting:
    """`text` fitted into a frame, its letters' proportions kept within a factor of `stretch`.

    What is still too short is set wider; what is too long becomes smaller.

    Args:
        fill: the share of the frame's length and height that is to be taken.
        spacing: em between letters at most.
        growth: of the strokes, in em; negative makes them thinner.
        rise: of the middle of the line, in heights of it; a column stays straight.
    """
    length, height, line = fill * frame.length, fill * frame.height, fill * frame.line
    size = next((size for size in _DRAWING_SIZES if size >= line / _CAP_HEIGHT * 1.2), _DRAWING_SIZES[-1])
    drawing = _drawn(text, font, size, 0.0, frame.stacked, growth)
    across, along = drawing.alpha.shape[::-1] if frame.stacked else drawing.alpha.shape
    missing = across * frame.aspect / stretch - along  # drawn pixels short of the frame
    if len(text) > 1 and spacing and missing > 0.02 * size:
        drawing = _drawn(text, font, size, min(spacing, missing / (len(text) - 1) / size), frame.stacked, growth)
    alpha, quads = bend(drawing.alpha, corners_of(drawing.boxes), 0.0 if frame.stacked else rise)
    aspect = alpha.shape[1] / alpha.shape[0]
    factor = min(max(length / height / aspect, 1 / stretch), stretch)
    scale = min(1.0, length / (height * aspect * factor))
    return Setting(alpha, quads, scale * height * aspect * factor, scale * height)


def _misfit(text: str, font: Path, aspect: float, height: float) -> float:
    stretch = abs(math.log(natural_aspect(text, font) / aspect))
    thin = max(0.0, max(THIN / height, LIGHT) / stroke_share(font, text) - 1)
    return stretch + thin + (0.2 if any(word in font_name(font) for word in ("Italic", "Oblique")) else 0.0)


@lru_cache(maxsize=4096)
def _strokes(font: Path, character: str) -> float:
    ink = (np.pad(word_alpha(character, font, _PROBE_SIZE), 1) > 127).astype(np.uint8)
    if not ink.any():
        return 0.01  # so thin that nothing of it is dark
    depth = cv2.distanceTransform(ink, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[ink > 0]
    return max(0.01, float(4 * depth.mean() - 2) / (_CAP_HEIGHT * _PROBE_SIZE))  # a bar w wide is (w + 2) / 4 deep


@lru_cache(maxsize=4096)
def _shaped_aspect(text: str, font: Path) -> float:
    alpha = word_alpha(text, font, _PROBE_SIZE)
    return float(alpha.shape[1] / max(alpha.shape[0], 0.3 * _PROBE_SIZE))


@lru_cache(maxsize=1 << 16)
def _character_box(font: Path, character: str) -> tuple[float, float, float]:
    """Advance, top and bottom of a character in pixels, y pointing down from the base line."""
    face = load(font, _PROBE_SIZE)
    _, top, _, bottom = face.getbbox(character, anchor="ls")
    return face.getlength(character), top, bottom


def _drawn(text: str, font: Path, size: int, spacing: float, stacked: bool, growth: float) -> Drawing:
    drawing = (draw_column if stacked else draw_line)(text, font, size, spacing)
    return _with_room(thicken(drawing, round(growth * size)), size, stacked)


def _with_room(drawing: Drawing, size: int, stacked: bool) -> Drawing:
    """A line at least 0.3 em high, or a column as wide, so that a dash is not blown up to the size of letters."""
    axis = 1 if stacked else 0
    missing = max(0, round(0.3 * size) - drawing.alpha.shape[axis])
    if not missing:
        return drawing
    room = [(0, 0), (0, 0)]
    room[axis] = (missing // 2, missing - missing // 2)
    shift = (missing // 2, 0) * 2 if stacked else (0, missing // 2) * 2
    return Drawing(np.pad(drawing.alpha, room), drawing.boxes + shift)
