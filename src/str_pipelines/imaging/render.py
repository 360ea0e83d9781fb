"""A painter without a network: the old word is taken away and a font drawn in its place, in the photograph's light."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.fill import compress, fill_letters, soak
from str_pipelines.imaging.fonts import font_name, fonts_digest
from str_pipelines.imaging.frames import Frame, reading_frame
from str_pipelines.imaging.ground import Ground, blank, membrane, settle, surroundings, survey, texture
from str_pipelines.imaging.ink import Colours, Plane, sample
from str_pipelines.imaging.lettering import Lettering, lay
from str_pipelines.imaging.light import add_effect, as_pixels, blur_sigma, luma, mix, shading, soften
from str_pipelines.imaging.painter import Painted
from str_pipelines.imaging.poisson import LARGEST, blend_gradients
from str_pipelines.imaging.seam import seam_width
from str_pipelines.imaging.shaping import room_taken
from str_pipelines.imaging.style import RenderOptions as RenderOptions
from str_pipelines.imaging.style import Style, draw_style
from str_pipelines.imaging.typeset import choose_font, stroke_share
from str_pipelines.records import Refused

VERSION = 7  # counts the changes that move pixels

_BLACK, _WHITE = np.full(3, 12, np.float32), np.full(3, 248, np.float32)
_DARK = ((15, 15, 18), (30, 30, 80), (110, 15, 20), (20, 70, 40), (70, 45, 25), (60, 60, 60))
_LIGHT = ((250, 250, 250), (250, 245, 220), (250, 220, 70), (210, 230, 250), (255, 180, 170), (200, 240, 190))


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
        return render(scene, quad, text, seed, self.fonts, self.options)


def render(
    scene: NDArray[np.uint8],
    quad: NDArray[np.float64],
    text: str,
    seed: int,
    fonts: Sequence[Path],
    options: RenderOptions,
    ink: Colours | None = None,
    blur: float | None = None,
) -> Painted:
    """One word as `Renderer` paints it; the arguments are those of a `Painter`, fonts and options.

    `ink` (3,) RGB 0…255, for a quad in which nothing is written, and `blur`, a sigma in pixels, are those of other
    words nearby; None: of the old word or by lot, and as it is around. The colour is moved where it would be illegible.
    """
    frame = reading_frame(quad, text)
    rng = np.random.default_rng(seed)
    font = choose_font(fonts, text, frame.aspect, frame.line, rng, options.candidates)
    margin = seam_width(frame.corners) + 1
    box = surroundings(scene.shape[:2], frame.corners, margin + 0.4 * frame.line)
    patch, origin = scene[box], np.array([box[1].start, box[0].start])

    ground = (survey if ink is None else blank)(patch, frame.corners - origin)
    if not (ground.distance > 0).any():
        raise Refused("quad_outside", f"{quad.tolist()} is not in the picture")
    local = frame._replace(corners=frame.corners - origin)
    blur = blur_sigma(patch) if blur is None else blur
    picture, letters = write(text, font, local, patch, ground, blur, options, rng, ink)

    pixels, mask = scene.copy(), np.zeros(scene.shape[:2], np.uint8)
    pixels[box], mask[box] = settle(patch, picture, ground, margin), letters.coverage
    return Painted(pixels, {"font": font_name(font)}, mask, letters.characters + origin)


def write(
    text: str,
    font: Path,
    frame: Frame,
    patch: NDArray[np.uint8],
    ground: Ground,
    blur: float,
    options: RenderOptions,
    rng: np.random.Generator,
    ink: Colours | None = None,
) -> tuple[NDArray[np.uint8], Lettering]:
    """A patch (H, W, 3) without its old word and with a new one, and where that is.

    Args:
        frame: where the word goes, in the patch's pixels.
        ground: what is known of the patch.
        blur: sigma in pixels of the patch's own blur.
        ink: (3,) RGB 0…255, in the place of the old ink for `choose_ink`.
    """
    style = draw_style(options, room_taken(text), frame.line, rng)
    smooth = membrane(patch, ground)
    fine = texture(patch, ground, smooth, int(rng.integers(2**31)))
    old = ground.ink if ink is None else ink
    ink = choose_ink(old, smooth.reshape(-1, 3)[sample(ground.distance > 0)], options.contrast, rng)
    letters = lay(text, font, frame, style, options, patch.shape[:2])
    picture = _draw(patch, ground, smooth, fine, ink, letters, stroke_share(font, text) * frame.line, blur, style, rng)
    return picture if style.quality is None else compress(picture, style.quality), letters


def _draw(
    patch: NDArray[np.uint8],
    ground: Ground,
    smooth: Plane,
    fine: Plane,
    ink: Colours,
    letters: Lettering,
    stroke: float,
    blur: float,
    style: Style,
    rng: np.random.Generator,
) -> NDArray[np.uint8]:
    height, coverage, blur = ground.height, letters.coverage, min(blur, 0.5 * stroke)
    picture = cv2.add(smooth, cv2.merge([fine] * 3)) if ground.ink is not None else patch.astype(np.float32)
    if stroke > 2.5 and style.effect:
        picture = add_effect(picture, coverage, ink, height, stroke, blur, rng)
    filled = fill_letters(ink, ground.colour, shading(smooth, height, rng), fine, height, style.fill, rng)
    if style.soak:
        filled = soak(filled, picture, ink, style.soak)
    drawn = mix(picture, filled, soften(coverage, blur))
    return as_pixels(blend_gradients(picture, drawn) if style.poisson and max(patch.shape) <= LARGEST else drawn)


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
