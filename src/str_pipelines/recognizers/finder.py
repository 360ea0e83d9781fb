"""RapidOCR as a finder of words: where text stands in a photograph, and a hint of what it says.

The networks are those of the `rapidocr` package, pinned by version and by digest. The one that reads is the judge's:
here it says which places are text at all, which way round they read and where a line falls into words. Its readings
are hints for the length and case of other texts, never labels.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.crop import rectify
from str_pipelines.imaging.quads import as_tuple, sides
from str_pipelines.records import Instance, Refused
from str_pipelines.storage.digests import canonical, digest_of

VERSION = 1
LONGEST = 1600  # pixels of a side that the detector sees; it takes about 2 s a megapixel of one core
FLATTEST = 4  # a picture is padded to this aspect ratio: the detector enlarges the shorter side to 736 pixels
LEGIBLE = 0.5  # confidence from which RapidOCR itself takes a place for text
MARGIN = 0.13  # of its height by which the detector's box exceeds an annotator's on every side (median of 109 words)
COLUMN = 1.5  # what is higher than this many times its width may be a line that was turned


class Reading(NamedTuple):
    """What a line says, how sure that is, and where along it its characters but the blanks stand; all 0 to 1."""

    text: str
    confidence: float
    places: tuple[float, ...]


@dataclass(frozen=True)
class RapidOcrFinder:
    """Finds words in photographs. Files and digests as `recognizers.rapidocr.pinned` wants them.

    The networks load when a photograph is first looked at, once a process; what is pickled are these five strings.
    """

    detector: str
    detector_sha256: str
    recogniser: str
    recogniser_sha256: str
    rapidocr: str

    @property
    def digest(self) -> str:
        """Of everything that changes what is found."""
        return digest_of([canonical(["rapidocr_finder", VERSION, asdict(self)])])

    def find(self, image: NDArray[np.uint8]) -> list[Instance]:
        """The words of a photograph from top to bottom, without texts: quads in the order of reading, with hints.

        A place that looks like text and cannot be read is there too, with `valid` False.

        Args:
            image: (H, W, 3) uint8 RGB.

        Raises:
            ValueError: the networks are others than the pinned ones; FileNotFoundError where they are missing.
        """
        detect, recognise = _networks(self)
        bgr = np.ascontiguousarray(image[:, :, ::-1])
        return [word for quad in _lines(bgr, detect) for word in _words(bgr, quad, recognise)]


@lru_cache(maxsize=1)
def _networks(finder: RapidOcrFinder) -> tuple[Any, Any]:
    """Detector and recogniser on one thread each: the processes of a run share the cores."""
    from rapidocr.ch_ppocr_det import TextDetector
    from rapidocr.ch_ppocr_rec import TextRecognizer

    from str_pipelines.recognizers.rapidocr import pinned, settings_of

    logging.getLogger("RapidOCR").setLevel(logging.WARNING)
    detector = pinned(finder.detector, finder.detector_sha256, finder.rapidocr)
    recogniser = pinned(finder.recogniser, finder.recogniser_sha256, finder.rapidocr)
    return TextDetector(settings_of("Det", detector, 1)), TextRecognizer(settings_of("Rec", recogniser, 1))


def _lines(bgr: NDArray[np.uint8], detect: Any) -> Iterator[NDArray[np.float64]]:
    """Quads (4, 2) of lines, clockwise from the corner nearest to the top left of the picture."""
    height, width = bgr.shape[:2]
    scale = min(1.0, LONGEST / max(height, width))
    small = cv2.resize(bgr, (max(1, round(width * scale)), max(1, round(height * scale))), interpolation=cv2.INTER_AREA)
    least = -(-max(small.shape[:2]) // FLATTEST)
    below, beside = max(0, least - small.shape[0]), max(0, least - small.shape[1])
    padded = cv2.copyMakeBorder(small, 0, below, 0, beside, cv2.BORDER_REPLICATE)
    boxes = detect(padded).boxes
    for box in () if boxes is None else boxes:
        yield np.clip(np.asarray(box, np.float64) / scale, 0, (width, height))


def _words(bgr: NDArray[np.uint8], quad: NDArray[np.float64], recognise: Any) -> Iterator[Instance]:
    """The words of a line, turned as it reads best."""
    length, height = sides(quad)
    turns = (0, -1, 1) if height > COLUMN * length else (0,)
    orders = [np.roll(quad, turn, axis=0) for turn in turns]
    readings = [_reading(bgr, order, recognise) for order in orders]
    best = max(range(len(turns)), key=lambda turn: readings[turn].confidence * len(readings[turn].text))
    if readings[best].confidence < LEGIBLE or not readings[best].text.strip():
        yield Instance(as_tuple(quad), "", valid=False)
        return
    for word, start, end in spans(readings[best]):
        yield Instance(as_tuple(tight(part(orders[best], start, end))), "", hint=word)


def _reading(bgr: NDArray[np.uint8], quad: NDArray[np.float64], recognise: Any) -> Reading:
    from rapidocr.ch_ppocr_rec import TextRecInput

    try:
        output = recognise(TextRecInput(img=[rectify(bgr, quad)], return_word_box=True))
    except Refused:  # no convex quad, or more than 4 MP of one line
        return Reading("", 0.0, ())
    cells = output.word_results[0]
    places = tuple((cell + 0.5) / cells.line_txt_len for word in cells.word_cols or () for cell in word)
    return Reading(str(output.txts[0]), float(output.scores[0]), places)


def spans(reading: Reading) -> list[tuple[str, float, float]]:
    """The words of a line with the part of it that each takes (0 to 1): cut in the middle of every gap.

    >>> spans(Reading("UP TO", 0.9, (0.1, 0.3, 0.7, 0.9)))
    [('UP', 0.0, 0.5), ('TO', 0.5, 1.0)]
    """
    words, places = reading.text.split(), reading.places
    if len(places) != sum(map(len, words)):  # a character that is itself a blank to Python
        return [("".join(words), 0.0, 1.0)]
    ends = np.cumsum([len(word) for word in words])[:-1]
    cuts = [0.0, *((places[end - 1] + places[end]) / 2 for end in ends), 1.0]
    return list(zip(words, map(float, cuts[:-1]), map(float, cuts[1:]), strict=True))


def part(quad: NDArray[np.float64], start: float, end: float) -> NDArray[np.float64]:
    """The quad (4, 2) between two shares (0 to 1) of the length of a quad."""
    top, bottom = quad[1] - quad[0], quad[2] - quad[3]
    return np.array([quad[0] + start * top, quad[0] + end * top, quad[3] + end * bottom, quad[3] + start * bottom])


def tight(quad: NDArray[np.float64]) -> NDArray[np.float64]:
    """A detected quad (4, 2) as an annotator would draw it: smaller by `MARGIN` of its height on every side."""
    length, height = sides(quad)
    along = min(0.25, MARGIN * height / length)
    shorter = part(quad, along, 1 - along)
    down = MARGIN * (shorter[::-1] - shorter)  # towards the corner across
    return np.asarray(shorter + down)
