"""Pieces of scenes with signs: the renderer on photographs and walls, as an endless stream to train painters on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import cv2
import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.backdrop import backdrop, piece_of
from str_pipelines.imaging.boards import add_board
from str_pipelines.imaging.calm import calmest
from str_pipelines.imaging.frames import place
from str_pipelines.imaging.ground import ink_colour, surroundings
from str_pipelines.imaging.ink import Colours
from str_pipelines.imaging.light import blur_sigma
from str_pipelines.imaging.quads import as_tuple, sides
from str_pipelines.imaging.render import choose_ink, render
from str_pipelines.imaging.seam import seam_width
from str_pipelines.imaging.shaping import room_taken
from str_pipelines.imaging.sign_layout import Sign, distance_apart, fit, seen, set_rows, shifts
from str_pipelines.imaging.style import RenderOptions
from str_pipelines.imaging.typeset import choose_font
from str_pipelines.imaging.words import BLUR, CASES, USUAL_ASPECT, WordStream
from str_pipelines.records import Refused
from str_pipelines.text.charsets import Charset

SMALLEST, LARGEST = 160, 320  # pixels a side
LONGEST = 16  # characters
MOST_WORDS, MOST_ROWS = 6, 3  # of a sign
TEXTS = 64  # are looked at for one picture
TRIES, PLACES = 8, (3, 10)
NEIGHBOURS, SHARED = 64, 4  # so many pictures in a row, and the photographs they are pieces of
SIGNS, PAIRS = 0.5, 0.2  # the rest are single words
ALIKE = (0.45, 0.05, 0.15, 0.35)  # of signs: as the words come, in lower case, capitalised, in capitals
PHOTOGRAPHS, BOARDS, SOFT = 0.8, (0.1, 0.3), 0.3  # so often; boards where none is needed, of single words and of signs
LARGE = 0.7, 0.4  # below 1, more words are large: single ones, those of signs
LINE = 0.1  # of the side: a common height, for which a font is chosen
SOFTEST = 0.05  # of the height of the lowest word: sigma of the blur of all

_UNIT = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float64)

Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Signboard:
    """A picture (S, S, 3) uint8 RGB, the quads (N, 4, 2) of its words in pixels, to a hundredth, and what they say.

    Quads run clockwise from the top left of the text, lie wholly inside and do not overlap; integers are borders of
    pixels.
    """

    image: Picture
    quads: NDArray[np.float64]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SignStream:
    """Endless pictures: `stream[index]` is a pure function of the seed, the epoch and the index of `words`' texts.

    About half of them show a sign, two or three rows of up to six words in one font, colour and perspective; the
    others one word or two that have nothing to do with each other. Four of five are pieces of the `grounds`, if there
    are any; the others walls.
    """

    words: WordStream

    def __getitem__(self, index: int) -> Signboard:
        """Picture `index`, 0 or more, 160 to 320 pixels a side; what cannot be drawn is passed over for another one.

        Raises:
            Refused: `no_font`, `no_room`, `no_text`, `too_narrow`, … where that is so 8 times in a row.
        """
        rng = np.random.default_rng((self.words.seed, self.words.epoch, index, 2))
        texts = self._texts(index)
        ground = self._ground(index, rng)
        for left in reversed(range(TRIES)):
            try:
                return _draw(texts, ground, self.words, rng)
            except Refused:
                if not left:
                    raise
        raise AssertionError("the last try returns or raises")

    def _texts(self, index: int) -> Iterator[str]:
        texts = (self.words.text(TEXTS * index + place) for place in range(TEXTS))
        return (text for text in texts if 0 < len(text.strip()) <= LONGEST)

    def _ground(self, index: int, rng: np.random.Generator) -> Picture | None:
        """A photograph or none: neighbours share a few, which take long to decode."""
        grounds = self.words.grounds
        if not len(grounds) or rng.random() >= PHOTOGRAPHS:
            return None
        shared = np.random.default_rng((self.words.seed, self.words.epoch, index // NEIGHBOURS, 3))
        return grounds[int(shared.integers(len(grounds), size=SHARED)[rng.integers(SHARED)])]


def _draw(texts: Iterator[str], ground: Picture | None, words: WordStream, rng: np.random.Generator) -> Signboard:
    side = int(rng.integers(SMALLEST, LARGEST + 1))
    picture, blur = _scene(ground, side, rng)
    quads: list[NDArray[np.float64]] = []
    said: list[str] = []
    for counts in _groups(rng):
        rows = _rows(texts, counts, words.charset, rng)
        try:
            picture, found = _add_sign(picture, rows, quads, blur, words, rng)
        except Refused:
            if not quads:
                raise
            continue  # one of two words is a picture, too
        quads += found
        said += [text for row in rows for text in row]
    if rng.random() < SOFT:
        most = max(0.9, SOFTEST * min(sides(quad)[1] for quad in quads))
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, most)), np.uint8)
    return Signboard(picture, np.stack(quads), tuple(said))


def _groups(rng: np.random.Generator) -> list[list[int]]:
    """How many words stand in each row of each sign."""
    kind = rng.random()
    if kind >= SIGNS:
        return [[1]] * (2 if kind < SIGNS + PAIRS else 1)
    rows = int(rng.integers(2, MOST_ROWS + 1))
    words = rows + int(rng.binomial(MOST_WORDS - rows, 0.25))
    return [(1 + np.bincount(rng.integers(rows, size=words - rows), minlength=rows)).tolist()]


def _rows(
    texts: Iterator[str], counts: Sequence[int], charset: Charset | None, rng: np.random.Generator
) -> list[list[str]]:
    """So many texts a row; on about half of the signs all of them in capitals, or all capitalised."""
    rows = [list(islice(texts, count)) for count in counts]
    if sum(map(len, rows)) < sum(counts):
        raise Refused("no_text", f"{TEXTS} texts are too few that have 1 to {LONGEST} characters")
    alike = CASES[int(rng.choice(len(CASES), p=ALIKE))] if len(rows) > 1 else str
    usable = charset is None or all(charset.covers(alike(text)) for row in rows for text in row)
    return [[alike(text) for text in row] for row in rows] if usable else rows


def _scene(ground: Picture | None, side: int, rng: np.random.Generator) -> tuple[Picture, float]:
    """(side, side, 3) without a word, and the sigma of its blur: a piece of a photograph, or a wall with boards."""
    if ground is not None:
        piece = piece_of(ground, side, side, rng, mirrored=0)
        return piece, min(1.2, blur_sigma(piece))
    wall, blur = backdrop(side, side, rng), float(rng.uniform(*BLUR))
    for _ in range(int(rng.integers(0, 4))):
        size, at = rng.uniform(0.2, 1.0, 2) * side, rng.uniform(-0.3, 0.9, 2) * side
        wall = add_board(wall, at + size * _UNIT + rng.normal(0, 0.02, (4, 2)) * side, blur, rng)
    return wall, blur


def _add_sign(
    picture: Picture,
    rows: Sequence[Sequence[str]],
    taken: Sequence[NDArray[np.float64]],
    blur: float,
    words: WordStream,
    rng: np.random.Generator,
) -> tuple[Picture, list[NDArray[np.float64]]]:
    """The picture with these rows somewhere in it, away from the quads that are `taken`, and their quads."""
    texts, several = [text for row in rows for text in row], len(rows) > 1
    options = replace(words.options, curve=0.0) if len(texts) > 1 else words.options
    joined, line = "".join(texts), LINE * len(picture)
    font = choose_font(words.fonts, joined, USUAL_ASPECT * room_taken(joined), line, rng, options.candidates)
    share = rng.random() ** LARGE[several]
    sign = fit(seen(set_rows(rows, font, options.fill, rng), rng), len(picture), share)
    sign = _placed(sign, picture, taken, rng)
    if rng.random() < BOARDS[several] or _is_written(picture, sign.quads):
        if any(distance_apart(sign.board, old) < 2 for old in taken):
            raise Refused("no_room", "for a board beside another word")
        picture = add_board(picture, sign.board, blur, rng)
    ink, seed = _ink(picture, sign, options, rng), int(rng.integers(2**63))
    for quad, text in zip(sign.quads, texts, strict=True):
        picture = render(picture, quad, text, seed, (font,), options, ink, blur).pixels
    return picture, list(sign.quads)


def _placed(sign: Sign, picture: Picture, taken: Sequence[NDArray[np.float64]], rng: np.random.Generator) -> Sign:
    """The sign where the picture is calmest, of a few places by lot: people hang signs on walls.

    Raises:
        Refused: `no_room`.
    """
    side = len(picture)
    places = [sign.moved(1, shift) for shift in shifts(sign, side, int(rng.integers(*PLACES)), rng)]
    free = [
        there
        for there in places
        if all(distance_apart(quad, old) > seam_width(quad) + 1 for quad in there.quads for old in taken)
    ]
    if not free:
        raise Refused("no_room", "beside another word")
    best = free[calmest(picture, [there.quads for there in free])]
    return best._replace(quads=np.array([as_tuple(np.clip(quad, 0, side)) for quad in best.quads]))


def _is_written(picture: Picture, quads: NDArray[np.float64]) -> bool:
    """Whether one of the quads has something in it that the renderer would take away, and leave a smooth spot."""
    for quad in quads:
        box = surroundings(picture.shape[:2], quad, 0.4 * min(sides(quad)))
        if ink_colour(picture[box], quad - (box[1].start, box[0].start)) is not None:
            return True
    return False


def _ink(picture: Picture, sign: Sign, options: RenderOptions, rng: np.random.Generator) -> Colours:
    """One colour for all words, legible on what is under them: of the common ones by lot, or any."""
    shares = rng.random((400, 2))
    points = np.concatenate([place(quad, shares) for quad in sign.quads]).astype(int)
    x, y = np.clip(points, 0, len(picture) - 1).T
    old = None if rng.random() < 0.5 else rng.uniform(0, 255, 3).astype(np.float32)
    contrast = options.contrast * (1 if old is None else rng.uniform(1, 2))
    return choose_ink(old, picture[y, x].astype(np.float32), contrast, rng)
