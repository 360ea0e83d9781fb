"""Texts as antialiased coverage, tight to their ink, with the box of every character."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.fonts import load
from str_pipelines.imaging.shaping import SHAPES, Run, clusters, visual_runs

PITCH = 1.04  # em from one character of a column to the next
BLANK = 0.5  # of it for a blank

_MEASURED = 256  # pixels per em


@dataclass(frozen=True, slots=True)
class Glyph:
    """Coverage (h, w) uint8 of one piece of text; its top left corner lies at (`left`, `top`) from the pen."""

    alpha: NDArray[np.uint8]
    left: int
    top: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """A text as coverage (h, w) uint8, 0 ground to 255 ink, and where each of its N characters is in it.

    `boxes` (N, 4) float64 are left, top, right and bottom in pixels, in the order of reading, as tight as the ink.
    Characters that are drawn as one, a letter and its marks, share a box; that of a blank is as wide as its gap.
    """

    alpha: NDArray[np.uint8]
    boxes: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A glyph at (x, y), and the characters in it: their place in the text and their left and right ends."""

    glyph: Glyph
    x: int
    y: int
    characters: tuple[tuple[int, float, float], ...]


@lru_cache(maxsize=1 << 14)
def glyph(text: str, path: Path, size: int, rtl: bool = False, vertical: bool = False) -> Glyph:
    """`text`, a character as a rule, at `size` pixels per em; drawn once, since tracing its outline is what costs."""
    direction, features = ("rtl" if rtl and SHAPES else None), (["vert"] if vertical and SHAPES else None)
    mask, (left, top) = load(path, size).getmask2(text, "L", direction=direction, features=features, anchor="ls")
    width, height = mask.size
    alpha = np.frombuffer(bytes(mask), np.uint8).reshape(height, width)
    x, y, w, h = cv2.boundingRect(alpha) if alpha.any() else (0, 0, 0, 0)  # Pillow's mask reaches to the base line
    return Glyph(np.ascontiguousarray(alpha[y : y + h, x : x + w]), int(left) + x, int(top) + y)


def draw_line(text: str, path: Path, size: int, spacing: float = 0.0) -> Drawing:
    """`text` in one line, cut to its ink: no ascender gap, no side bearings.

    Args:
        text: one or more characters in logical order, at least one with ink; Arabic and Hebrew run to the left.
        path: the font file.
        size: pixels per em.
        spacing: added between letters, in em; ignored where a script joins them (Arabic, combining marks).

    Raises:
        ValueError: nothing of `text` has ink in this font.
    """
    return _compose(text, path, _line(text, path, size, spacing))


def draw_column(text: str, path: Path, size: int, spacing: float = 0.0) -> Drawing:
    """`text` as upright characters one below the other, otherwise as `draw_line`."""
    drawing = _compose(text, path, _column(text, path, size, spacing))
    inked = [place for place, character in enumerate(text) if not character.isspace()]
    for place in set(range(inked[0], inked[-1])) - set(inked):  # a blank is what lies between its neighbours
        above, below = max(p for p in inked if p < place), min(p for p in inked if p > place)
        drawing.boxes[place, 1::2] = drawing.boxes[above, 3], drawing.boxes[below, 1]
    return drawing


def word_alpha(text: str, path: Path, size: int, spacing: float = 0.0) -> NDArray[np.uint8]:
    """The coverage of `draw_line`."""
    return draw_line(text, path, size, spacing).alpha


def _line(text: str, path: Path, size: int, spacing: float) -> Iterator[_Piece]:
    x = 0.0
    for run in visual_runs(text):
        if run.joined or run.rtl:
            drawn, ends, width = _shaped(run, path, size)
            yield _Piece(drawn, round(x), 0, tuple((place, x + left, x + right) for place, left, right in ends))
            x += width
            continue
        following = text[run.start + 1 : run.start + len(run.text)] + " "
        for place, (character, after) in enumerate(zip(run.text, following, strict=True), run.start):
            drawn, advance = glyph(character, path, size), size * _advance(character, after, path)
            yield _Piece(drawn, round(x), 0, ((place, *_ends(drawn, round(x), advance)),))
            x += advance + spacing * size


def _column(text: str, path: Path, size: int, spacing: float) -> Iterator[_Piece]:
    y = 0.0
    for place, character in enumerate(text):
        drawn, advance = glyph(character, path, size, vertical=True), load(path, size).getlength(character)
        x = round(-advance / 2)
        yield _Piece(drawn, x, round(y), ((place, *_ends(drawn, x, advance)),))
        y += size * (PITCH + spacing) * (BLANK if character.isspace() else 1)


def _ends(drawn: Glyph, x: float, advance: float) -> tuple[float, float]:
    """Left and right end of a character: of its ink, or of the gap that a blank leaves."""
    return (x + drawn.left, x + drawn.left + drawn.alpha.shape[1]) if drawn.alpha.size else (x, x + advance)


@lru_cache(maxsize=4096)
def _shaped(run: Run, path: Path, size: int) -> tuple[Glyph, tuple[tuple[int, float, float], ...], float]:
    """A run shaped as a whole, the left and right ends of its characters, and its advance.

    A cluster reaches from the length of what stands before it to that length with it. What is measured ends in a
    joiner, which keeps its last letter in the shape that it has in the word.
    """
    face, direction = load(path, size), "rtl" if run.rtl and SHAPES else None
    width = face.getlength(run.text, direction=direction)
    starts = clusters(run.text)
    inner = [face.getlength(run.text[:start] + "\u200d", direction=direction) for start in starts[1:]]
    limits = np.maximum.accumulate(np.clip([0.0, *inner, width], 0, width))
    drawn = glyph(run.text, path, size, rtl=run.rtl)
    if run.rtl:
        limits = width - limits
    outer = min(0, drawn.left), max(width, drawn.left + drawn.alpha.shape[1])  # ink may reach beyond the advance
    limits[[0, -1]] = outer[::-1] if run.rtl else outer
    cluster_of = np.searchsorted(starts, np.arange(len(run.text)), side="right") - 1
    spans = np.sort(np.stack([limits[:-1], limits[1:]], axis=1), axis=1)[cluster_of].tolist()
    return drawn, tuple((run.start + place, left, right) for place, (left, right) in enumerate(spans)), width


def _compose(text: str, path: Path, drawn: Iterable[_Piece]) -> Drawing:
    pieces = list(drawn)
    inked = [piece for piece in pieces if piece.glyph.alpha.size]
    if not inked:
        raise ValueError(f"{path}: no ink for {text!r}; choose a font that covers it")
    left, top = min(p.x + p.glyph.left for p in inked), min(p.y + p.glyph.top for p in inked)
    right = max(p.x + p.glyph.left + p.glyph.alpha.shape[1] for p in inked)
    bottom = max(p.y + p.glyph.top + p.glyph.alpha.shape[0] for p in inked)
    canvas = np.zeros((bottom - top, right - left), np.uint8)
    for piece in inked:
        h, w = piece.glyph.alpha.shape
        x, y = piece.x + piece.glyph.left - left, piece.y + piece.glyph.top - top
        np.maximum(canvas[y : y + h, x : x + w], piece.glyph.alpha, out=canvas[y : y + h, x : x + w])
    boxes = _boxes(text, pieces, (left, top), canvas.shape)
    x, y, w, h = cv2.boundingRect(canvas)
    return Drawing(np.ascontiguousarray(canvas[y : y + h, x : x + w]), boxes - (x, y, x, y))


def _boxes(text: str, pieces: Iterable[_Piece], origin: tuple[int, int], shape: tuple[int, ...]) -> NDArray[np.float64]:
    boxes = np.zeros((len(text), 4))
    for piece in pieces:
        ink = piece.glyph.alpha
        start, above = piece.x + piece.glyph.left, piece.y + piece.glyph.top - origin[1]
        for place, left, right in piece.characters:
            top, bottom = above, above + ink.shape[0]
            if len(piece.characters) > 1:  # one glyph of several characters: the rows that are inked between the ends
                ends = max(0, int(left - start)), max(0, int(np.ceil(right - start)))
                rows = np.flatnonzero(ink[:, slice(*ends)].any(axis=1))
                top, bottom = (above + rows[0], above + rows[-1] + 1) if len(rows) else (0, shape[0])
            elif not ink.size:
                top, bottom = 0, shape[0]
            boxes[place] = left - origin[0], top, right - origin[0], bottom
    return boxes


@lru_cache(maxsize=1 << 17)
def _advance(character: str, following: str, path: Path) -> float:
    """From one pen to the next in em, with kerning: measured once for all sizes, at one where hinting hardly shows."""
    return (load(path, _MEASURED).getlength(character + following) - _advance_alone(following, path)) / _MEASURED


@lru_cache(maxsize=1 << 13)
def _advance_alone(character: str, path: Path) -> float:
    return load(path, _MEASURED).getlength(character)
