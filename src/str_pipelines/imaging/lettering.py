"""A word laid into a frame of a photograph: its coverage there, and the quads of its characters."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.frames import Frame, place, warp_alpha
from str_pipelines.imaging.style import RenderOptions, Style
from str_pipelines.imaging.typeset import Setting, set_text


@dataclass(frozen=True, slots=True)
class Lettering:
    """`coverage` (H, W) uint8 of a patch, and `characters` (N, 4, 2) float64 in its pixels, in the order of reading."""

    coverage: NDArray[np.uint8]
    characters: NDArray[np.float64]


def lay(text: str, font: Path, frame: Frame, style: Style, options: RenderOptions, shape: tuple[int, int]) -> Lettering:
    """The word centred in the frame, each corner as far off as its lot says, in a patch of `shape` (H, W)."""
    setting = set_text(
        text,
        font,
        frame,
        fill=options.fill,
        stretch=options.stretch,
        spacing=options.spacing,
        growth=style.growth,
        rise=style.rise,
    )
    return into(setting, frame, style.offsets * frame.line, shape)


def into(setting: Setting, frame: Frame, offsets: NDArray[np.float64], shape: tuple[int, int]) -> Lettering:
    """A setting centred in a frame, its corners moved by `offsets` (4, 2) pixels."""
    size = np.array([frame.length, frame.height], np.float64)
    half = np.array([setting.length, setting.height]) / size / 2
    corners = 0.5 + half * np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) + offsets / size
    quad = place(frame.corners, corners)
    shares = setting.quads / setting.alpha.shape[::-1]
    return Lettering(warp_alpha(setting.alpha, quad, shape), place(quad, shares))
