"""Words without a scene: the renderer on a ground of its own, as an endless stream to train on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.backdrop import backdrop, piece_of
from str_pipelines.imaging.fonts import font_name
from str_pipelines.imaging.frames import MIN_ADVANCE, reading_frame
from str_pipelines.imaging.ground import survey, unwritten
from str_pipelines.imaging.light import blur_sigma
from str_pipelines.imaging.render import write
from str_pipelines.imaging.shaping import require_shaping, room_taken
from str_pipelines.imaging.style import RenderOptions
from str_pipelines.imaging.typeset import choose_font, natural_aspect
from str_pipelines.records import Refused
from str_pipelines.text.charsets import Charset
from str_pipelines.text.signs import sign_text

LOWEST, HIGHEST = 32, 64  # pixels
BLUR = (0.3, 0.9)  # pixels of standard deviation, on a wall of noise
TRIES = 16
NEIGHBOURS, SHARED = 256, 8  # so many words in a row, and the photographs they stand on
CASES = (str, str.lower, str.capitalize, str.upper)
USUAL_ASPECT = 0.55  # of a letter


@dataclass(frozen=True, slots=True)
class RenderedWord:
    """A picture (h, w, 3) uint8 RGB, what is written in it, and the name of the font.

    `mask` (h, w) uint8 is the letters' coverage, 0 to 255; `characters` (N, 4, 2) float64 are the quads of its N
    characters in pixels, in the order of reading.
    """

    image: NDArray[np.uint8]
    label: str
    mask: NDArray[np.uint8]
    characters: NDArray[np.float64]
    font: str


def render_word(
    text: str,
    seed: int,
    fonts: Sequence[Path],
    options: RenderOptions | None = None,
    ground: NDArray[np.uint8] | None = None,
) -> RenderedWord:
    """`text` on a wall of noise, or on a piece of the photograph `ground` (H, W, 3), 32 to 64 pixels high.

    A pure function of its arguments; options are those of the renderer.

    Raises:
        Refused: `text_blank`, `no_font`, `needs_raqm`.
    """
    if not text.strip():
        raise Refused("text_blank", f"nothing to write in {text!r}")
    require_shaping(text)
    options, rng = options or RenderOptions(), np.random.default_rng(seed)
    height = int(rng.integers(LOWEST, HIGHEST + 1))
    font = choose_font(fonts, text, USUAL_ASPECT * room_taken(text), height, rng, 2)
    quad, width = _quad(text, font, height, rng)
    frame = reading_frame(quad, text)
    if ground is None:
        scene = backdrop(height, width, rng)
        under, blur = unwritten(scene), rng.uniform(*BLUR)
    else:
        scene = piece_of(ground, height, width, rng)
        under, blur = survey(scene, frame.corners), blur_sigma(scene)
    image, letters = write(text, font, frame, scene, under, blur, options, rng)
    if rng.random() < 0.3:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 1.2)), np.uint8)
    return RenderedWord(image, text, letters.coverage, letters.characters, font_name(font))


@dataclass(frozen=True, slots=True)
class WordStream:
    """Endless words of a lexicon: `stream[index]` is a pure function of the seed, the epoch and the index.

    `grounds` are photographs (H, W, 3) uint8, of which every other word gets a piece; none: noise. Words come as they
    are in the lexicon or in lower case, capitalised, in capitals, as far as the charset has the letters; the share
    `signs` of them are numbers, prices, codes, words with marks and the like (`text.signs`).
    """

    fonts: Sequence[Path]
    lexicon: Sequence[str]
    grounds: Sequence[NDArray[np.uint8]] = ()
    seed: int = 0
    epoch: int = 0
    options: RenderOptions = RenderOptions()
    charset: Charset | None = None
    signs: float = 0.0

    def __getitem__(self, index: int) -> RenderedWord:
        """Word `index`, 0 or more; what no font has is passed over for another one.

        Raises:
            Refused: as `render_word`, where that is so for 16 words in a row.
        """
        rng, number = self._begin(index)
        ground = None if number is None else self.grounds[number]
        for left in reversed(range(TRIES)):
            try:
                return render_word(self._text(rng), int(rng.integers(2**63)), self.fonts, self.options, ground)
            except Refused:
                if not left:
                    raise
        raise AssertionError("the last try returns or raises")

    def text(self, index: int) -> str:
        """What word `index` is going to say, without a picture of it; another text where no font has this one."""
        return self._text(self._begin(index)[0])

    def _begin(self, index: int) -> tuple[np.random.Generator, int | None]:
        """The generator of a word, and its ground: neighbours share a few, which take long to decode."""
        rng = np.random.default_rng((self.seed, self.epoch, index))
        if not len(self.grounds) or rng.random() < 0.5:
            return rng, None
        shared = np.random.default_rng((self.seed, self.epoch, index // NEIGHBOURS, 1))
        return rng, int(shared.integers(len(self.grounds), size=SHARED)[rng.integers(SHARED)])

    def _text(self, rng: np.random.Generator) -> str:
        if self.signs and rng.random() < self.signs:
            sign = sign_text(self.lexicon, rng)
            return sign if self.charset is None or self.charset.covers(sign) else ""
        word = self.lexicon[int(rng.integers(len(self.lexicon)))]
        cases = dict.fromkeys(case(word) for case in CASES)
        usable = [text for text in cases if self.charset is None or self.charset.covers(text)]
        return usable[int(rng.integers(len(usable)))] if usable else ""


def _quad(text: str, font: Path, height: int, rng: np.random.Generator) -> tuple[NDArray[np.float64], int]:
    """Where the word goes in a picture of this height, seen a little from the side, and how wide that is."""
    above, below, before, behind = rng.uniform(0.03, 0.16, 4) * height
    line = height - above - below
    length = max(
        line * natural_aspect(text, font) * rng.uniform(0.85, 1.25), MIN_ADVANCE * room_taken(text) + 4, line / 2
    )
    width = int(np.ceil(before + length + behind))
    quad = np.array([(0, 0), (length, 0), (length, line), (0, line)]) + (before, above)
    middle, angle = quad.mean(axis=0), rng.normal(0, 0.5) * line / (length + line) / 4
    turn = np.array([(np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))])
    quad = (quad - middle) @ turn + middle + rng.normal(0, 0.03, (4, 2)) * line
    return np.clip(quad, 0.5, (width - 0.5, height - 0.5)), width
