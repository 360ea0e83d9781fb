"""How a text lies in a quad of a photograph, and the way of drawings and their boxes into it."""

from __future__ import annotations

import math
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.crop import word_size
from str_pipelines.imaging.quads import sides
from str_pipelines.imaging.shaping import is_stacked, require_shaping, room_taken
from str_pipelines.records import Refused

MIN_AREA = 16.0  # square pixels
MIN_HEIGHT = 8  # pixels: below it, strokes have no room
MIN_ADVANCE = 3.5  # pixels a character
VERTICAL = 1.5  # height over length from which text runs downwards

_SOFTNESS = 1.2  # times the deviation of a box as wide as a pixel: as near to averaging as four samples a pixel


class Frame(NamedTuple):
    """A quad as a text is laid into it: `corners` (4, 2) from the top left of the text, and its sides in pixels.

    `stacked` characters stand upright one below the other, so that their line is as wide as the frame is long.
    """

    corners: NDArray[np.float64]
    length: int
    height: int
    stacked: bool

    @property
    def line(self) -> int:
        """How high, or in a column how wide, the line is."""
        return self.length if self.stacked else self.height

    @property
    def aspect(self) -> float:
        """How many times longer the line is than high."""
        return self.height / self.length if self.stacked else self.length / self.height


def reading_frame(quad: NDArray[np.float64], text: str) -> Frame:
    """The quad as `text` is to be laid into it.

    In a quad more than 1.5 times as high as wide the text runs downwards: Chinese, Japanese and Korean in a column of
    upright characters, others turned by 90° clockwise, so that they start at p1.

    Raises:
        Refused: `text_blank`; `quad_malformed` and `word_too_large` as `word_size` has it; `quad_degenerate` under 16
            square pixels; `quad_too_small` under 8 pixels high; `text_too_long` under 3.5 pixels a character;
            `needs_raqm` where the script has to be shaped and Pillow cannot.
    """
    if not text.strip():
        raise Refused("text_blank", f"nothing to write in {text!r}")
    require_shaping(text)
    length, height = word_size(quad)
    if cv2.contourArea(quad.astype(np.float32)) < MIN_AREA:
        raise Refused("quad_degenerate", f"under {MIN_AREA} square pixels: {quad.tolist()}")
    frame = Frame(quad, length, height, False)
    if height > VERTICAL * length:
        turned = Frame(quad[[1, 2, 3, 0]], height, length, False)
        frame = frame._replace(stacked=True) if is_stacked(text) else turned
    if frame.line < MIN_HEIGHT:
        raise Refused("quad_too_small", f"{length}x{height} pixels; at least {MIN_HEIGHT} high is needed")
    if frame.line * frame.aspect < MIN_ADVANCE * room_taken(text):
        raise Refused("text_too_long", f"{len(text)} characters in {frame.line * frame.aspect:.0f} pixels")
    return frame


def place(frame: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points (…, 2) given in shares of a quad, (0, 0)…(1, 1), in the pixels of that quad (4, 2), in perspective."""
    unit = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
    to_frame = cv2.getPerspectiveTransform(unit, frame.astype(np.float32))
    moved = np.concatenate([points, np.ones((*points.shape[:-1], 1))], axis=-1) @ to_frame.T
    return np.asarray(moved[..., :2] / moved[..., 2:], np.float64)


def warp_alpha(alpha: NDArray[np.uint8], quad: NDArray[np.float64], shape: tuple[int, int]) -> NDArray[np.uint8]:
    """Coverage laid into a quad in perspective, softened as far as it shrinks so that no ink is lost.

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
    soft, margin = _soften(alpha, quad)
    to_quad = _slice_transform(alpha.shape, quad - (x0, y0), margin)
    warped[y0:y1, x0:x1] = cv2.warpPerspective(soft, to_quad, (int(x1 - x0), int(y1 - y0)), flags=cv2.INTER_LINEAR)
    return warped


def _soften(alpha: NDArray[np.uint8], quad: NDArray[np.float64]) -> tuple[NDArray[np.uint8], int]:
    """Coverage with a margin, averaged over about as many pixels as come to lie in one, and how wide the margin is."""
    scales = (drawn / laid for drawn, laid in zip(alpha.shape[::-1], sides(quad), strict=True))
    sigmas = [_SOFTNESS * math.sqrt(max(0.05, scale**2 - 1) / 12) for scale in scales]
    margin = math.ceil(2 * max(sigmas))
    padded = cv2.copyMakeBorder(alpha, margin, margin, margin, margin, cv2.BORDER_CONSTANT)
    return np.asarray(cv2.GaussianBlur(padded, (0, 0), sigmas[0], sigmaY=sigmas[1]), np.uint8), margin


def _slice_transform(shape: tuple[int, ...], corners: NDArray[np.float64], margin: int) -> NDArray[np.float64]:
    """(3, 3) from pixel centres of an array with a margin to those of another; borders lie on integers in both."""
    h, w = shape
    source = np.array([(0, 0), (w, 0), (w, h), (0, h)], np.float32) + (margin - 0.5)
    return np.asarray(cv2.getPerspectiveTransform(source, (corners - 0.5).astype(np.float32)), np.float64)
