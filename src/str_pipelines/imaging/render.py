"""A painter without a network: the old word is taken away and a font drawn in its place, in the photograph's light."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.fonts import font_name, fonts_digest
from str_pipelines.imaging.glyphs import reading_frame, warp_alpha
from str_pipelines.imaging.ground import (
    border_distance,
    erase,
    grain,
    grain_level,
    ink_colour,
    ring_colours,
    surroundings,
)
from str_pipelines.imaging.light import blur_sigma, cast_shadow, draw_outline, luma, shading, soften
from str_pipelines.imaging.painter import Painted
from str_pipelines.imaging.seam import seam_width
from str_pipelines.imaging.typeset import choose_font, place, set_text, stroke_share

VERSION = 1  # counts the changes that move pixels

Colour = NDArray[np.float64]

_BLACK, _WHITE = np.full(3, 12.0), np.full(3, 248.0)
_DARK = ((15, 15, 18), (30, 30, 80), (110, 15, 20), (20, 70, 40), (70, 45, 25), (60, 60, 60))
_LIGHT = ((250, 250, 250), (250, 245, 220), (250, 220, 70), (210, 230, 250), (255, 180, 170), (200, 240, 190))


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """How freely the renderer draws."""

    candidates: int = 4  # fonts drawn by lot, of which the one that suits the quad is taken
    fill: float = 0.94  # of the quad's length and height that ink takes
    jitter: float = 0.02  # of the height, by which each corner is moved
    stretch: float = 1.28  # factor by which letters are widened or narrowed at most
    spacing: float = 0.3  # em set between letters at most, where the quad is longer than the word
    contrast: float = 60.0  # grey levels between ink and ground at least
    effects: float = 0.3  # share of the words with a shadow or an outline


class Renderer:
    """A `Painter` that draws words in one of several fonts."""

    def __init__(self, fonts: Sequence[Path], options: RenderOptions | None = None) -> None:
        if not fonts:
            raise ValueError("the renderer needs at least one font file")
        self.fonts, self.options = tuple(fonts), options or RenderOptions()
        made_of = f"render {VERSION} {self.options} {fonts_digest(self.fonts)}"
        self.digest = hashlib.sha256(made_of.encode()).hexdigest()

    def __call__(self, scene: NDArray[np.uint8], quad: NDArray[np.float64], text: str, seed: int) -> Painted:
        """See `Painter`; refuses with `no_font` and as `reading_frame` does."""
        frame, length, height = reading_frame(quad, text)
        rng = np.random.default_rng(seed)
        font = choose_font(self.fonts, text, length / height, height, rng, self.options.candidates)
        margin = seam_width(frame) + 1
        box = surroundings(scene.shape[:2], frame, margin + 0.4 * height)
        patch, frame = scene[box], frame - (box[1].start, box[0].start)

        ground = erase(patch, frame, margin, seed)
        ink = choose_ink(ink_colour(patch, frame), ring_colours(ground, frame).median, self.options.contrast, rng)
        coverage = self._coverage(frame, length, height, text, font, rng, patch.shape[:2])
        blur = min(blur_sigma(patch), 0.5 * stroke_share(font) * height)
        picture = self._effect(ground.astype(np.float32), coverage, ink, height, blur, rng)
        letters = shading(ground, height, rng)[..., None] * ink.astype(np.float32)
        level = min(8.0, grain_level(patch, border_distance(patch.shape[:2], frame) < 0))
        letters += grain(patch.shape[:2], level, seed + 1)[..., None]
        picture += soften(coverage, blur)[..., None] * (letters - picture)

        pixels = scene.copy()
        pixels[box] = np.clip(picture + 0.5, 0, 255).astype(np.uint8)
        return Painted(pixels, {"font": font_name(font)})

    def _coverage(
        self,
        frame: NDArray[np.float64],
        length: int,
        height: int,
        text: str,
        font: Path,
        rng: np.random.Generator,
        shape: tuple[int, int],
    ) -> NDArray[np.uint8]:
        """The word's coverage (H, W) in the patch: centred in the frame, each corner a little off."""
        options = self.options
        alpha, wide, high = set_text(
            text, font, options.fill * length, options.fill * height, options.stretch, options.spacing
        )
        size = np.array([length, height], np.float64)
        half = np.array([wide, high]) / size / 2
        corners = 0.5 + half * np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])
        corners += rng.normal(0, options.jitter * height, (4, 2)) / size
        return warp_alpha(alpha, place(frame, corners), shape)

    def _effect(
        self,
        picture: NDArray[np.float32],
        coverage: NDArray[np.uint8],
        ink: Colour,
        height: int,
        blur: float,
        rng: np.random.Generator,
    ) -> NDArray[np.float32]:
        """A shadow under light letters or an outline that sets letters off, on some words."""
        if rng.random() >= self.options.effects:
            return picture
        light = luma(ink) > 127
        if light and rng.random() < 0.6:
            return cast_shadow(picture, coverage, height, blur, rng)
        return draw_outline(picture, coverage, _BLACK if light else _WHITE, height, blur)


def choose_ink(old: Colour | None, ground: Colour, contrast: float, rng: np.random.Generator) -> Colour:
    """The old ink's colour where there was one, else one by lot, moved away from the ground until it is legible.

    Args:
        old, ground: (3,) RGB 0…255.
        contrast: grey levels between ink and ground at least.
    """
    if old is None:
        palette = _LIGHT if luma(ground) < rng.uniform(90, 165) else _DARK
        old = np.array(palette[rng.integers(len(palette))], np.float64)
    ink = np.clip(old + rng.normal(0, 6, 3), 0, 255)
    gap = float(luma(ink) - luma(ground))
    if abs(gap) >= contrast:
        return ink
    lighter = luma(ground) < (contrast if gap < 0 else 255 - contrast)
    target, wanted = (_WHITE, luma(ground) + contrast) if lighter else (_BLACK, luma(ground) - contrast)
    share = (wanted - luma(ink)) / (luma(target) - luma(ink))
    return np.asarray(ink + np.clip(share, 0, 1) * (target - ink), np.float64)
