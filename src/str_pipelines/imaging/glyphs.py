"""Words as antialiased coverage, tight to the ink, and their way into a quad of a photograph."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.crop import word_size
from str_pipelines.imaging.fonts import load
from str_pipelines.imaging.quads import sides
from str_pipelines.records import Refused

MIN_AREA = 16.0  # square pixels
MIN_HEIGHT = 8  # pixels: below it, strokes have no room
MIN_ADVANCE = 3.5  # pixels a character
VERTICAL = 1.5  # height over length from which text runs downwards


@dataclass(frozen=True, slots=True)
class Glyph:
    """Coverage (h, w) uint8 of one piece of text; its top left corner lies at (`left`, `top`) from the pen."""

    alpha: NDArray[np.uint8]
    left: int
    top: int


@lru_cache(maxsize=8192)
def glyph(text: str, path: Path, size: int) -> Glyph:
    """`text`, a character as a rule, at `size` pixels per em; drawn once, since tracing its outline is what costs."""
    mask, (left, top) = load(path, size).getmask2(text, mode="L", anchor="ls")
    width, height = mask.size
    return Glyph(np.frombuffer(bytes(mask), np.uint8).reshape(height, width), int(left), int(top))


def word_alpha(text: str, path: Path, size: int, spacing: float = 0.0) -> NDArray[np.uint8]:
    """`text` in one line as coverage, cut to its ink: no ascender gap, no side bearings.

    Args:
        text: one or more characters, at least one with ink.
        path: the font file.
        size: pixels per em.
        spacing: added between letters, in em; ignored where letters join (Arabic, combining marks).

    Returns:
        (h, w) uint8, 0 ground to 255 ink.

    Raises:
        ValueError: nothing of `text` has ink in this font.
    """
    placed = [(piece, round(x) + piece.left) for piece, x in _pens(text, path, size, spacing) if piece.alpha.size]
    if not any(piece.alpha.any() for piece, _ in placed):
        raise ValueError(f"{path}: no ink for {text!r}; choose a font that covers it")
    left, top = min(x for _, x in placed), min(piece.top for piece, _ in placed)
    right = max(x + piece.alpha.shape[1] for piece, x in placed)
    bottom = max(piece.top + piece.alpha.shape[0] for piece, _ in placed)
    canvas = np.zeros((bottom - top, right - left), np.uint8)
    for piece, x in placed:
        h, w = piece.alpha.shape
        under = canvas[piece.top - top : piece.top - top + h, x - left : x - left + w]
        np.maximum(under, piece.alpha, out=under)
    x, y, w, h = cv2.boundingRect(canvas)
    return np.ascontiguousarray(canvas[y : y + h, x : x + w])


def warp_alpha(alpha: NDArray[np.uint8], quad: NDArray[np.float64], shape: tuple[int, int]) -> NDArray[np.uint8]:
    """Coverage laid into a quad in perspective; each pixel averages samples, so that thin strokes keep their ink.

    Args:
        alpha: (h, w) uint8; its corners land on the quad's.
        quad: (4, 2) pixels, clockwise from the top left of the text; integers are borders of pixels, as in slices.
        shape: (H, W) of the result; what falls outside is cut off.

    Returns:
        (H, W) uint8.
    """
    limits = np.array([shape[1], shape[0]])
    x0, y0 = np.clip(np.floor(quad.min(axis=0)).astype(int), 0, limits)
    x1, y1 = np.clip(np.ceil(quad.max(axis=0)).astype(int), 0, limits)
    warped = np.zeros(shape, np.uint8)
    if x1 <= x0 or y1 <= y0:
        return warped
    length, height = sides(quad)
    samples = 4 if min(length, height) < 24 else 2
    alpha = _shrink(alpha, samples * length, samples * height)
    size = (int(x1 - x0), int(y1 - y0))
    to_quad = _slice_transform(alpha.shape, (quad - (x0, y0)) * samples)
    fine = cv2.warpPerspective(alpha, to_quad, (size[0] * samples, size[1] * samples), flags=cv2.INTER_LINEAR)
    warped[y0:y1, x0:x1] = cv2.resize(fine, size, interpolation=cv2.INTER_AREA)
    return warped


def reading_frame(quad: NDArray[np.float64], text: str) -> tuple[NDArray[np.float64], int, int]:
    """The quad as `text` is to be laid into it: corners from the top left of the text, length along it, and height.

    In a quad more than 1.5 times as high as wide the text runs downwards: turned by 90° clockwise, it starts at p1.

    Raises:
        Refused: `text_blank`; `quad_malformed` and `word_too_large` as `word_size` has it; `quad_degenerate` under 16
            square pixels; `quad_too_small` under 8 pixels high; `text_too_long` under 3.5 pixels a character.
    """
    if not text.strip():
        raise Refused("text_blank", f"nothing to write in {text!r}")
    length, height = word_size(quad)
    if cv2.contourArea(quad.astype(np.float32)) < MIN_AREA:
        raise Refused("quad_degenerate", f"under {MIN_AREA} square pixels: {quad.tolist()}")
    if height > VERTICAL * length:
        quad, length, height = quad[[1, 2, 3, 0]], height, length
    if height < MIN_HEIGHT:
        raise Refused("quad_too_small", f"{length}x{height} pixels; at least {MIN_HEIGHT} high is needed")
    if length < MIN_ADVANCE * len(text):
        raise Refused("text_too_long", f"{len(text)} characters in {length} pixels")
    return quad, length, height


def _pens(text: str, path: Path, size: int, spacing: float) -> Iterator[tuple[Glyph, float]]:
    """Each character with its pen's place in pixels, or the whole text at 0 where a script joins its letters."""
    if any(unicodedata.bidirectional(c) in ("R", "AL") or unicodedata.category(c).startswith("M") for c in text):
        yield glyph(text, path, size), 0.0
        return
    x = 0.0
    for character, following in zip(text, text[1:] + " ", strict=True):
        yield glyph(character, path, size), x
        x += _advance(character, following, path, size) + spacing * size


@lru_cache(maxsize=1 << 16)
def _advance(character: str, following: str, path: Path, size: int) -> float:
    """Pixels from one pen to the next, with kerning."""
    font = load(path, size)
    return font.getlength(character + following) - font.getlength(following)


def _shrink(alpha: NDArray[np.uint8], width: float, height: float) -> NDArray[np.uint8]:
    """Coverage averaged down to about the size at which it is sampled."""
    size = (min(alpha.shape[1], int(np.ceil(width))), min(alpha.shape[0], int(np.ceil(height))))
    return np.asarray(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA), np.uint8)


def _slice_transform(shape: tuple[int, ...], corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """(3, 3) from pixel centres of an array to those of another, where borders of pixels lie on integers in both."""
    h, w = shape
    source = np.array([(0, 0), (w, 0), (w, h), (0, h)], np.float32) - 0.5
    return np.asarray(cv2.getPerspectiveTransform(source, (corners - 0.5).astype(np.float32)), np.float64)
