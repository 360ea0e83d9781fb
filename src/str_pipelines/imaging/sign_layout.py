"""Where the words of a sign go: rows in its own plane, that plane seen from somewhere, and all of it in a picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.fonts import load
from str_pipelines.imaging.quads import sides
from str_pipelines.records import Refused

LOWEST = 12.0  # pixels, of a word's quad
HIGHEST = 0.5  # of the side of the picture
EDGE, NEAR_EDGE = 3.0, 0.2  # pixels from the border that a sign is pushed to, and how often
TILTED, TILT = 0.15, 30.0  # so often a sign is turned by any angle up to this many degrees

_PROBE_SIZE = 64  # pixels per em at which faces are measured
_LEAST_INK = 0.3  # em: a dash gets the room that the renderer gives it
_NARROWEST, _UPRIGHT = 0.9, 1.4  # length over height, set and height over length, seen: else words would run downwards

Points = NDArray[np.float64]


class Sign(NamedTuple):
    """The quads (N, 4, 2) of a sign's words in the order of reading, and the board (4, 2) around them."""

    quads: Points
    board: Points

    def moved(self, scale: float, shift: Points) -> Sign:
        """The same sign, larger and elsewhere."""
        return Sign(scale * self.quads + shift, scale * self.board + shift)


def set_rows(rows: Sequence[Sequence[str]], font: Path, fill: float, rng: np.random.Generator) -> Sign:
    """Rows of words, in em: as high and as long as the font draws them, on a base line a row, none touching another.

    Args:
        rows: one or more, of one or more words each.
        fill: the share of a quad's length and height that ink takes.
    """
    sizes, gap, blank = _row_sizes(len(rows), rng), rng.uniform(0.15, 0.6), rng.uniform(0.3, 0.6)
    lines, y = [], 0.0
    for row, size in zip(rows, sizes, strict=True):
        lengths, tops, bottoms = size * np.array([_grown(ink_box(text, font), fill) for text in row]).T
        lefts = np.cumsum(lengths + blank * size) - lengths - blank * size
        base = y - tops.min()
        lines.append(np.stack([lefts, base + tops, lefts + lengths, base + bottoms], axis=1))
        y = base + bottoms.max() + gap * size
    longest, align = max(line[-1, 2] for line in lines), float(rng.choice((0.0, 0.5, 0.5, 1.0)))
    boxes = np.concatenate([line + align * (longest - line[-1, 2]) * np.array((1, 0, 1, 0)) for line in lines])
    around = np.array([*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0)])
    wide, high = rng.uniform(0.15, 0.9), rng.uniform(0.15, 0.7)
    return Sign(_corners(boxes), _corners(around + (-wide, -high, wide, high)))


@lru_cache(maxsize=4096)
def ink_box(text: str, font: Path) -> tuple[float, float, float]:
    """Length, top and bottom of the text's ink in em, y pointing down from the base line."""
    left, top, right, bottom = load(font, _PROBE_SIZE).getbbox(text, anchor="ls")
    missing = max(0.0, _LEAST_INK * _PROBE_SIZE - (bottom - top))
    length = max(right - left, _NARROWEST * (bottom - top))
    return length / _PROBE_SIZE, (top - missing / 2) / _PROBE_SIZE, (bottom + missing / 2) / _PROBE_SIZE


def seen(sign: Sign, rng: np.random.Generator) -> Sign:
    """The sign as it looks from a little aside, above or below, and turned in the picture; around (0, 0)."""
    degrees = rng.uniform(-TILT, TILT) if rng.random() < TILTED else rng.normal(0, 2.5)
    turn, yaw, pitch = np.radians([degrees, *np.clip(rng.normal(0, (16, 9)), -45, 45)])
    middle, span = (sign.board.min(axis=0) + sign.board.max(axis=0)) / 2, np.ptp(sign.board, axis=0).max()
    points = (np.concatenate([sign.quads, sign.board[None]]) - middle) / span
    x, y = points[..., 0] * math.cos(yaw), points[..., 1] * math.cos(pitch)
    depth = 1 + (points[..., 0] * math.sin(yaw) + points[..., 1] * math.sin(pitch)) / rng.uniform(1.2, 3.5)
    flat = span * np.stack([x, y], axis=-1) / depth[..., None]
    turned = flat @ np.array([(math.cos(turn), math.sin(turn)), (-math.sin(turn), math.cos(turn))])
    return Sign(turned[:-1], turned[-1])


def fit(sign: Sign, side: int, share: float) -> Sign:
    """The sign in a size that a picture `side` pixels wide and high has room for, its words' first corner at (0, 0).

    Args:
        share: 0 is as small as words can be read, 1 as large as there is room, in equal factors between.

    Raises:
        Refused: `no_room`, `too_narrow` where it is seen so much from aside that a word looks like a column.
    """
    lengths, heights = zip(*(sides(quad) for quad in sign.quads), strict=True)
    if any(height > _UPRIGHT * length for length, height in zip(lengths, heights, strict=True)):
        raise Refused("too_narrow", "a word is higher than long")
    corner = sign.quads.min(axis=(0, 1))
    least = LOWEST / min(heights)
    most = min(HIGHEST * side / max(heights), side / float((sign.quads.max(axis=(0, 1)) - corner).max()))
    if least > most:
        raise Refused("no_room", f"{len(heights)} words in a picture of {side} pixels")
    scale = least * (most / least) ** share
    return sign.moved(scale, -scale * corner)


def shifts(sign: Sign, side: int, count: int, rng: np.random.Generator) -> Points:
    """(count, 2): ways to move a sign that `fit` gave, its words wholly inside the picture, at times by its border."""
    free = np.maximum(0, side - sign.quads.max(axis=(0, 1)))
    found = rng.random((count, 2)) * free
    near, axis = rng.random(count) < NEAR_EDGE, rng.integers(2, size=count)
    offset = np.minimum(rng.uniform(0, EDGE, count), free[axis])
    pushed = np.where(rng.random(count) < 0.5, offset, free[axis] - offset)
    found[np.flatnonzero(near), axis[near]] = pushed[near]
    return np.asarray(found)


def distance_apart(one: Points, other: Points) -> float:
    """How far apart two convex quads (4, 2) are along the best of their eight sides; negative where they overlap.

    It is their distance or less.
    """
    best = -math.inf
    for quad in (one, other):
        along = np.roll(quad, -1, axis=0) - quad
        normals = np.stack([-along[:, 1], along[:, 0]], axis=1) / np.linalg.norm(along, axis=1, keepdims=True)
        first, second = one @ normals.T, other @ normals.T
        gaps = np.maximum(second.min(axis=0) - first.max(axis=0), first.min(axis=0) - second.max(axis=0))
        best = max(best, float(gaps.max()))
    return best


def _row_sizes(rows: int, rng: np.random.Generator) -> list[float]:
    """The sizes of rows; of several, one is often larger."""
    sizes = [1.0] * rows
    if rows > 1 and rng.random() < 0.45:
        sizes[int(rng.integers(rows)) if rng.random() < 0.4 else 0] = rng.uniform(1.25, 2.2)
    return sizes


def _grown(box: tuple[float, float, float], fill: float) -> NDArray[np.float64]:
    """A box of which this ink takes only its share."""
    length, top, bottom = box
    more = (bottom - top) * (1 / fill - 1) / 2
    return np.array([length / fill, top - more, bottom + more])


def _corners(boxes: NDArray[np.float64]) -> Points:
    """(…, 4) left, top, right, bottom as quads (…, 4, 2)."""
    return np.asarray(boxes[..., [[0, 1], [2, 1], [2, 3], [0, 3]]])
