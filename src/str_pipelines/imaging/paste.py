"""The yardstick for painters: a word pasted flat, one font, one colour, no light, stretched to the quad."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.bend import corners_of
from str_pipelines.imaging.fonts import covers, font_name, fonts_digest
from str_pipelines.imaging.frames import Frame, reading_frame
from str_pipelines.imaging.glyphs import draw_column, draw_line
from str_pipelines.imaging.ground import border_distance, surroundings
from str_pipelines.imaging.ink import colour_at_border
from str_pipelines.imaging.lettering import into
from str_pipelines.imaging.light import luma
from str_pipelines.imaging.painter import Painted
from str_pipelines.imaging.seam import seam_width
from str_pipelines.imaging.typeset import Setting
from str_pipelines.records import Refused

VERSION = 2  # counts the changes that move pixels
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
        frame = reading_frame(quad, text)
        font = next((font for font in self.fonts if covers(font, text)), None)
        if font is None:
            raise Refused("no_font", f"none of {len(self.fonts)} fonts has all characters of {text!r}")
        margin = seam_width(frame.corners) + 1
        box = surroundings(scene.shape[:2], frame.corners, margin)
        patch, origin = scene[box], np.array([box[1].start, box[0].start])
        local = frame._replace(corners=frame.corners - origin)

        distance = border_distance(patch.shape[:2], local.corners)
        if not (distance > 0).any():
            raise Refused("quad_outside", f"{quad.tolist()} is not in the picture")
        ground = colour_at_border(patch, distance, frame.line)
        ink = 0.0 if luma(ground) > 127 else 255.0
        letters = into(_stretched(text, font, local), local, np.zeros((4, 2)), patch.shape[:2])
        share = letters.coverage.astype(np.float32) / 255
        flat = cv2.merge([value + share * (ink - value) for value in ground])

        pixels, mask = scene.copy(), np.zeros(scene.shape[:2], np.uint8)
        pixels[box][distance > -margin] = np.rint(flat[distance > -margin])
        mask[box] = letters.coverage
        return Painted(pixels, {"font": font_name(font)}, mask, letters.characters + origin)


def _stretched(text: str, font: Path, frame: Frame) -> Setting:
    """The text as it is drawn, to take nine tenths of the frame whatever its proportions."""
    drawing = (draw_column if frame.stacked else draw_line)(text, font, _SIZE)
    return Setting(drawing.alpha, corners_of(drawing.boxes), FILL * frame.length, FILL * frame.height)
