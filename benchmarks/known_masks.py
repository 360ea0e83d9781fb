"""Words whose mask is known because they are drawn here, in four kinds of places, each hard for a rule of polarity."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.decode import decode
from str_pipelines.imaging.fonts import bundled_fonts
from str_pipelines.imaging.words import RenderedWord, WordStream
from str_pipelines.records import Scene
from str_pipelines.sources.demo import Demo
from str_pipelines.text.lexicons import load_lexicon

Pixels = NDArray[np.uint8]
Flags = NDArray[np.bool_]
INK = 128  # of 255: the coverage from which a pixel counts as ink
SIGNS = 0.3  # of the words are numbers, prices and the like


def plain(seed: int, count: int) -> Iterator[tuple[Pixels, Flags]]:
    """Dark and light text on walls of noise, with all that the renderer does to letters: (H, W, 3) and where ink is."""
    stream = _stream(seed, ())
    return (_pair(stream[number]) for number in range(count))


def touching(seed: int, count: int) -> Iterator[tuple[Pixels, Flags]]:
    """Cut so that the ink touches two of the borders, any two, or is cut by a pixel there."""
    stream = _stream(seed, ())
    for number in range(count):
        rng = np.random.default_rng((seed, number))
        image, ink = _pair(stream[number])
        (top, bottom), (left, right) = _reach(ink.any(axis=1)), _reach(ink.any(axis=0))
        cut = rng.integers(0, 2, 4)
        ends = [top + cut[0], bottom - cut[1], left + cut[2], right - cut[3]]
        kept = rng.permutation(4)[:2]
        whole = [0, ink.shape[0], 0, ink.shape[1]]
        y0, y1, x0, x1 = (int(ends[side] if side in kept else whole[side]) for side in range(4))
        yield image[y0:y1, x0:x1], ink[y0:y1, x0:x1]


def uneven(seed: int, count: int) -> Iterator[tuple[Pixels, Flags]]:
    """By turns on a piece of a photograph, and on a wall under light that falls off by up to a half."""
    grounds = [decode(scene.image) for scene in Demo().scenes(range(4)) if isinstance(scene, Scene)]
    walls, photographs = _stream(seed, ()), _stream(seed, grounds)
    numbers = iter(range(10**9))
    for number in range(count):
        if number % 2:
            index = next(each for each in numbers if photographs._begin(each)[1] is not None)
            yield _pair(photographs[index])
            continue
        rng = np.random.default_rng((seed, number))
        image, ink = _pair(walls[number])
        yield _lit(image, rng), ink


def framed(seed: int, count: int) -> Iterator[tuple[Pixels, Flags]]:
    """On a plate with a frame in the ink's colour, at the very edge or with some wall around it."""
    stream = _stream(seed, ())
    for number in range(count):
        rng = np.random.default_rng((seed, number))
        image, ink = _pair(stream[number])
        colour = np.median(image[ink], axis=0) if ink.any() else np.zeros(3)
        height = image.shape[0]
        thick = int(rng.integers(1, max(2, height // 10) + 1))
        gap, wall = (int(rng.integers(low, height // 8 + 1)) for low in (1, 0))
        pad = gap + thick + (wall if number % 2 else 0)
        image = cv2.copyMakeBorder(image, *[pad] * 4, cv2.BORDER_REPLICATE)
        outer = pad - gap - thick
        box = (outer + thick // 2, outer + thick // 2)
        opposite = image.shape[1] - 1 - box[0], image.shape[0] - 1 - box[1]
        image = cv2.rectangle(np.ascontiguousarray(image), box, opposite, colour.tolist(), thick)
        yield image, np.pad(ink, pad)


STRATA = {"dark_and_light": plain, "two_borders": touching, "gradient_or_texture": uneven, "framed_plate": framed}


def agreement(mask: Flags, ink: Flags) -> float:
    """Correlation of a mask with the ink, -1 to 1: above 0 the polarity is right, near 0 the mask is of neither."""
    if mask.all() or not mask.any() or ink.all() or not ink.any():
        return 0.0
    return float(np.corrcoef(mask.ravel(), ink.ravel())[0, 1])


def _stream(seed: int, grounds: list[Pixels] | tuple[()]) -> WordStream:
    return WordStream(bundled_fonts(), load_lexicon(None), grounds, seed=seed, signs=SIGNS)


def _pair(word: RenderedWord) -> tuple[Pixels, Flags]:
    return word.image, word.mask >= INK


def _reach(flags: Flags) -> tuple[int, int]:
    found = np.flatnonzero(flags)
    return (int(found[0]), int(found[-1]) + 1) if len(found) else (0, len(flags))


def _lit(image: Pixels, rng: np.random.Generator) -> Pixels:
    """Darker towards one side, by a fifth to a half."""
    angle, least = rng.uniform(0, 2 * np.pi), rng.uniform(0.5, 0.8)
    y, x = np.mgrid[: image.shape[0], : image.shape[1]] / np.reshape(image.shape[:2], (2, 1, 1))
    along = np.cos(angle) * x + np.sin(angle) * y
    share = (along - along.min()) / max(1e-6, np.ptp(along))
    return np.asarray(np.clip(image * (1 - share * (1 - least))[..., None], 0, 255), np.uint8)
