"""Words drawn on the fly as one of the sets that a recognizer trains on: other ones in every epoch."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.fonts import find_fonts
from str_pipelines.imaging.render import Renderer
from str_pipelines.imaging.words import WordStream
from str_pipelines.recognizers.shape import Shape
from str_pipelines.recognizers.spelling import Census, Spelling
from str_pipelines.recognizers.words import Sample
from str_pipelines.synthesis.config import RenderedWordsParams
from str_pipelines.synthesis.rendered_words import word_stream

TRIES = 16
MARGINS, LOWER, UPPER, WIDE = 0.9, 0.43, 0.7, 1.0
"""Of heights: a fit to words of this renderer in nine families; it is right to a fifth or so."""


@dataclass(frozen=True)
class DrawnWords:
    """`count` words an epoch of a stream, without end and without a file; needs no decoding, but a core to draw on.

    A picture gets the width that its text usually takes, and not that of the font, which is drawn later: so batches
    of equal width can be made before anything is drawn.
    """

    name: str
    stream: WordStream
    count: int
    spelling: Spelling
    shape: Shape

    def __len__(self) -> int:
        return self.count

    @property
    def census(self) -> Census:
        """Nothing but how many: what is drawn can be spelled."""
        return Census(words=self.count, kept=self.count, seen=set(self.spelling.charset.characters))

    def widths(self, epoch: int) -> NDArray[np.uint16]:
        """(count,) pixels."""
        return np.array([self.width(epoch, place) for place in range(self.count)], np.uint16)

    def width(self, epoch: int, place: int) -> int:
        """Pixels."""
        return int(self.shape.width_of(100 * usual_aspect(self._drawn(epoch, place)[1]), 100))

    def read(self, epoch: int, place: int) -> Sample:
        """A picture of 32 to 64 pixels in height, its text, and the key `set/epoch/number`.

        Raises:
            ValueError: sixteen texts in a row could not be spelled.
            Refused: no font has any of the texts that were tried.
        """
        stream, (number, _) = replace(self.stream, epoch=epoch), self._drawn(epoch, place)
        word = stream[number]
        text, reason = self.spelling(word.label)
        if reason:  # the text that was chosen is in no font, and another one was taken for it
            raise ValueError(
                f"{self.name}: {word.label!r} cannot be spelled: {reason}; take fonts that have the charset"
            )
        return word.image, text, f"{self.name}/{epoch}/{number}"

    def _drawn(self, epoch: int, place: int) -> tuple[int, str]:
        """Number and text of the first word for this place that can be spelled."""
        stream = replace(self.stream, epoch=epoch)
        for number in range(place, place + TRIES * self.count, self.count):
            text = stream.text(number)
            if text and not self.spelling(text)[1]:
                return number, text
        raise ValueError(
            f"{self.name}: {TRIES} texts in a row cannot be spelled with {self.spelling.normaliser.versioned} and the "
            f"charset {self.spelling.charset.name}; give another lexicon or charset"
        )


def draw_words(name: str, params: RenderedWordsParams, spelling: Spelling, shape: Shape) -> DrawnWords:
    """Words of a lexicon in fonts, `params.count` of them an epoch.

    Raises:
        ValueError, FileNotFoundError: as `synthesis.rendered_words.render_words`.
    """
    stream, _ = word_stream(Renderer(find_fonts(params.fonts)), params)
    return DrawnWords(name, stream, params.count, spelling, shape)


def usual_aspect(text: str) -> float:
    """Width over height of a picture in which a text usually is drawn."""
    return MARGINS + sum(map(_advance, text))


def _advance(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return WIDE
    return UPPER if character.isupper() or character in "mwMW@%" else LOWER
