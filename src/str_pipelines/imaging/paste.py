"""The yardstick for painters: a word pasted flat, one font, one colour, no light, stretched to the quad."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.fonts import covers, font_name, fonts_digest
from str_pipelines.imaging.glyphs import reading_frame, warp_alpha, word_alpha
from str_pipelines.imaging.ground import border_distance, surroundings
from str_pipelines.imaging.ink import colour_at_border
from str_pipelines.imaging.light import luma
from str_pipelines.imaging.painter import Painted
from str_pipelines.imaging.seam import seam_width
from str_pipelines.imaging.typeset import place
from str_pipelines.records import Refused

VERSION = 1  # counts the changes that move pixels
FILL = 0.9  # of the quad's length and height

_FAVOURITE = "DejaVuSans-Bold"
_SIZE = 64  # pixels per em drawn


class Paster:
    """A `Painter` of black or white words on a flat ground, in DejaVu Sans Bold or else the first font that covers."""

    def __init__(self, fonts: Sequence[Path]) -> None:
        if not fonts:
            raise ValueError("the paster needs at least one font file")
        self.fonts = tuple(sorted(fonts, key=lambda font: font.stem != _FAVOURITE))
        self.digest = hashlib.sha256(f"paste {VERSION} {fonts_digest(self.fonts)}".encode()).hexdigest()

    def __call__(self, scene: NDArray[np.uint8], quad: NDArray[np.float64], text: str, seed: int) -> Painted:
        """See `Painter`; refuses with `no_font`, `quad_outside`, and as `reading_frame` does. There is no chance."""
        frame, _, height = reading_frame(quad, text)
        font = next((font for font in self.fonts if covers(font, text)), None)
        if font is None:
            raise Refused("no_font", f"none of {len(self.fonts)} fonts has all characters of {text!r}")
        margin = seam_width(frame) + 1
        box = surroundings(scene.shape[:2], frame, margin)
        patch, frame = scene[box], frame - (box[1].start, box[0].start)

        distance = border_distance(patch.shape[:2], frame)
        if not (distance > 0).any():
            raise Refused("quad_outside", f"{quad.tolist()} is not in the picture")
        ground = colour_at_border(patch, distance, height)
        ink = 0.0 if luma(ground) > 127 else 255.0
        corners = 0.5 + FILL / 2 * np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], np.float64)
        coverage = warp_alpha(word_alpha(text, font, _SIZE), place(frame, corners), patch.shape[:2])
        share = coverage.astype(np.float32) / 255
        flat = cv2.merge([value + share * (ink - value) for value in ground])

        pixels = scene.copy()
        pixels[box][distance > -margin] = np.rint(flat[distance > -margin])
        return Painted(pixels, {"font": font_name(font)})
