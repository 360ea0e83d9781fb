"""Words with the effects of TRDG and no others, drawn with the renderer's means: what its speed is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, radians, sin
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.backdrop import piece_of
from str_pipelines.imaging.frames import warp_alpha
from str_pipelines.imaging.glyphs import word_alpha
from str_pipelines.imaging.light import mix, soften

Picture = NDArray[np.uint8]
SIZE, MARGIN, INK = 32, 5, 40.0  # pixels of height, pixels around the word, grey level: TRDG's
NOISE = (235, 10)  # mean and standard deviation of its paper


def flat_word(text: str, seed: int, fonts: Sequence[Path], ground: Picture | None = None) -> Picture:
    """(32, w, 3) uint8: dark, turned by up to 5 degrees, blurred by up to 1 pixel, on noise or a piece of `ground`."""
    rng = np.random.default_rng(seed)
    alpha = word_alpha(text, fonts[seed % len(fonts)], SIZE)
    quad = _turned(alpha.shape, radians(rng.uniform(-5, 5)))
    width = int(np.ceil(quad[:, 0].max())) + MARGIN
    share = soften(warp_alpha(alpha, quad, (SIZE, width)), 0)
    if ground is None:
        paper = cv2.merge([rng.normal(*NOISE, (SIZE, width)).astype(np.float32)] * 3)
    else:
        paper = piece_of(ground, SIZE, width, rng).astype(np.float32)
    picture = cv2.GaussianBlur(mix(paper, np.full_like(paper, INK), share), (0, 0), rng.uniform(0.1, 1))
    return np.asarray(cv2.convertScaleAbs(np.maximum(picture, 0)), np.uint8)


def _turned(shape: tuple[int, ...], angle: float) -> NDArray[np.float64]:
    """The corners of a picture, turned, and made as large as the margins allow."""
    height, width = shape
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64)
    corners = corners @ np.array([(cos(angle), sin(angle)), (-sin(angle), cos(angle))])
    corners -= corners.min(axis=0)
    return np.asarray(corners * (SIZE - 2 * MARGIN) / corners[:, 1].max() + MARGIN)
