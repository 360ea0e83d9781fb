"""A painter without a network: the old word is taken away and a font drawn in its place, in the photograph's light."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.fonts import font_name, fonts_digest
from str_pipelines.imaging.glyphs import reading_frame, warp_alpha
from str_pipelines.imaging.ground import membrane, settle, surroundings, survey, texture
from str_pipelines.imaging.ink import Colours, sample
from str_pipelines.imaging.light import add_effect, blur_sigma, luma, mix, shading, soften
from str_pipelines.imaging.painter import Painted
from str_pipelines.imaging.seam import seam_width
from str_pipelines.imaging.typeset import choose_font, place, set_text, stroke_share
from str_pipelines.records import Refused

VERSION = 1  # counts the changes that move pixels

_BLACK, _WHITE = np.full(3, 12, np.float32), np.full(3, 248, np.float32)
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
    contrast: float = 45.0  # grey levels between ink and ground at least, twice as many where nothing was written
    effects: float = 0.2  # share of the words with a shadow or an outline


class Renderer:
    """A `Painter` that draws words in one of several fonts."""

    def __init__(self, fonts: Sequence[Path], options: RenderOptions | None = None) -> None:
        if not fonts:
            raise ValueError("the renderer needs at least one font file")
        self.fonts, self.options = tuple(fonts), options or RenderOptions()
        made_of = f"render {VERSION} {self.options} {fonts_digest(self.fonts)}"
        self.digest = hashlib.sha256(made_of.encode()).hexdigest()

    def __call__(self, scene: NDArray[np.uint8], quad: NDArray[np.float64], text: str, seed: int) -> Painted:
        """See `Painter`; refuses with `no_font`, `quad_outside`, and as `reading_frame` does."""
        frame, length, height = reading_frame(quad, text)
        rng = np.random.default_rng(seed)
        font = choose_font(self.fonts, text, length / height, height, rng, self.options.candidates)
        margin = seam_width(frame) + 1
        box = surroundings(scene.shape[:2], frame, margin + 0.4 * height)
        patch, frame = scene[box], frame - (box[1].start, box[0].start)

        ground = survey(patch, frame)
        inside = sample(ground.distance > 0)
        if not len(inside):
            raise Refused("quad_outside", f"{quad.tolist()} is not in the picture")
        smooth, fine = membrane(patch, ground), texture(patch, ground, seed)
        ink = choose_ink(ground.ink, smooth.reshape(-1, 3)[inside], self.options.contrast, rng)
        coverage = self._coverage(frame, length, height, text, font, rng, patch.shape[:2])
        stroke = stroke_share(font) * height
        blur = min(blur_sigma(patch), 0.5 * stroke)

        written = ground.ink is not None
        picture = cv2.add(smooth, cv2.merge([fine] * 3)) if written else patch.astype(np.float32)
        if stroke > 2.5 and rng.random() < self.options.effects:
            picture = add_effect(picture, coverage, ink, height, stroke, blur, rng)
        light = shading(smooth, height, rng)
        letters = cv2.merge([light * channel + fine for channel in ink])
        picture = mix(picture, letters, soften(coverage, blur))

        pixels = scene.copy()
        pixels[box] = settle(patch, picture, ground, margin)
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


def choose_ink(old: Colours | None, ground: Colours, contrast: float, rng: np.random.Generator) -> Colours:
    """The old ink's colour where there was one, else one by lot, moved away from the ground until it is legible.

    Args:
        old: (3,) RGB 0…255.
        ground: (N, 3), the colours under the word.
        contrast: grey levels at least between the old ink and the darkest and lightest tenth of the ground; a colour by
            lot keeps twice as far away.
    """
    greys = np.sort(luma(ground))
    dark, light = greys[len(greys) // 10], greys[len(greys) * 9 // 10]
    if old is None:
        palette = _LIGHT if (dark + light) / 2 < rng.uniform(90, 165) else _DARK
        old, contrast = np.array(palette[rng.integers(len(palette))], np.float32), 2 * contrast
    ink = np.clip(old + rng.normal(0, 6, 3), 0, 255).astype(np.float32)
    lighter = luma(ink) > (dark + light) / 2
    room = {True: luma(_WHITE) - light, False: dark - luma(_BLACK)}
    if room[lighter] < contrast:
        lighter = room[True] > room[False]
    target, missing = (_WHITE, light + contrast - luma(ink)) if lighter else (_BLACK, luma(ink) - dark + contrast)
    share = np.clip(missing / max(1.0, abs(float(luma(target) - luma(ink)))), 0, 1)
    return np.asarray(ink + share * (target - ink), np.float32)
