"""What the renderer may do to a word, how often, and what is done to one of them, drawn by lot."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Fill = Literal["plain", "gradient", "texture"]
SHARES = ("fill", "effects", "curve", "weight", "gradient", "texture", "soak", "poisson", "jpeg")
LIMITS = {
    "candidates": (1, 1000), "fill": (0.1, 1), "jitter": (0, 0.5), "stretch": (1, 10), "spacing": (0, 10),
    "contrast": (0, 255),
}  # fmt: skip
"""From where to where an option goes, where that is not 0 to 1."""
SMALL = 20.0  # pixels: in lines that are no higher, what takes away from letters makes them illegible


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """How freely the renderer draws. Each effect has the share of the words that get it, 0 to 1.

    Raises:
        ValueError: an option is no number, or outside its limits.
    """

    candidates: int = 4  # fonts drawn by lot, of which the one that suits the quad is taken
    fill: float = 0.94  # of the quad's length and height that ink takes
    jitter: float = 0.02  # of the height, by which each corner is moved
    stretch: float = 1.28  # factor by which letters are widened or narrowed at most
    spacing: float = 0.3  # em set between letters at most, where the quad is longer than the word
    contrast: float = 45.0  # grey levels between ink and ground at least, twice as many where nothing was written
    effects: float = 0.2  # a shadow or an outline
    curve: float = 0.12  # the base line is an arc
    weight: float = 0.25  # strokes bolder or lighter than the font's
    gradient: float = 0.15  # the colour changes across the word
    texture: float = 0.12  # the colour is uneven, like worn paint or like the photograph
    soak: float = 0.2  # the ground shows through, as through thin paint
    poisson: float = 0.05  # blended by gradients rather than laid on
    jpeg: float = 0.5  # compressed together with what is around it, once more

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            low, high = LIMITS.get(name, (0, 1))
            number = int if name == "candidates" else int | float
            if isinstance(value, bool) or not isinstance(value, number) or not low <= value <= high:
                raise ValueError(f"the renderer's option {name} is a number from {low} to {high}, not {value!r}")


@dataclass(frozen=True, slots=True)
class Style:
    """One word's lot.

    `rise` of the arc in heights of the line, `growth` of the strokes in em, `soak` 0…1, `quality` of JPEG or None,
    `offsets` (4, 2) of the corners in heights of the line.
    """

    offsets: NDArray[np.float64]
    rise: float = 0.0
    growth: float = 0.0
    fill: Fill = "plain"
    soak: float = 0.0
    poisson: bool = False
    quality: int | None = None
    effect: bool = False


def draw_style(options: RenderOptions, letters: int, line: float, rng: np.random.Generator) -> Style:
    """The lot of a word of so many letters in a line of so many pixels: two make no arc, and small ones are spared."""
    chance = dict(zip(SHARES, rng.random(len(SHARES)).tolist(), strict=True))
    rise, growth, soak, quality, up, bolder = rng.random(6).tolist()
    rise, growth, soak, quality = 0.1 + 0.25 * rise, 0.02 + 0.03 * growth, 0.4 + 0.5 * soak, 62 + 31 * quality
    fill: Fill = "plain"
    if chance["gradient"] < options.gradient:
        fill = "gradient"
    elif chance["texture"] < options.texture and line >= SMALL:
        fill = "texture"
    return Style(
        offsets=rng.normal(0, options.jitter, (4, 2)),
        rise=(rise if up < 0.65 else -rise)
        if chance["curve"] < options.curve and letters > 2 and line >= SMALL
        else 0.0,
        growth=(growth if bolder < 0.75 or line < SMALL else -growth / 2) if chance["weight"] < options.weight else 0.0,
        fill=fill,
        soak=soak if chance["soak"] < options.soak else 0.0,
        poisson=chance["poisson"] < options.poisson and line >= SMALL,
        quality=round(quality) if chance["jpeg"] < options.jpeg else None,
        effect=chance["effects"] < options.effects,
    )
