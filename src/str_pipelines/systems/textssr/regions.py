"""What TextSSR trains on: words in photographs, each in a square round it, with its conditions."""

from __future__ import annotations

import hashlib
import logging
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.decode import SCENE_PIXELS
from str_pipelines.imaging.frames import MIN_ADVANCE, MIN_HEIGHT, reading_frame
from str_pipelines.imaging.quads import quad_of
from str_pipelines.imaging.quick import decode_quick
from str_pipelines.imaging.shaping import room_taken
from str_pipelines.imaging.squares import any_square, cut_square, in_square, square_of
from str_pipelines.recognizers.words import quotas
from str_pipelines.records import Instance, Refused
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.systems.textssr.conditions import Conditions, conditions_of, font_for, glyph_fonts
from str_pipelines.systems.textssr.config import LONGEST, CropParams, NetworkParams, WordSetsParams
from str_pipelines.systems.textssr.windows import window_at, window_sides
from str_pipelines.training.order import draw

if TYPE_CHECKING:
    import pyarrow as pa

logger = logging.getLogger(__name__)
LEAST_MARGIN = 1.0


class Region(NamedTuple):
    """A square (R, R, 3) uint8 RGB or a window of it, the word in it and where, and the key `set/photograph#instance`.

    `again` names it among all squares that are seen more than once, empty for one that is not.
    """

    picture: NDArray[np.uint8]
    conditions: Conditions
    quad: NDArray[np.float64]
    text: str
    key: str
    again: str = ""


@dataclass(frozen=True)
class WordsInScenes:
    """The usable words of a scene LMDB: in which photograph each stands, where (N, 4, 2), and what it says.

    `widest` (N,) is the margin of the largest square in which its letters still have room at the resolution.
    """

    name: str
    scenes: SceneLmdb
    photographs: pa.Array
    numbers: NDArray[np.int32]
    quads: NDArray[np.float32]
    texts: pa.Array
    widest: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.numbers)

    def part(self, places: NDArray[np.int64]) -> WordsInScenes:
        """Some of them."""
        return WordsInScenes(
            self.name,
            self.scenes,
            self.photographs.take(places),
            self.numbers[places],
            self.quads[places],
            self.texts.take(places),
            self.widest[places],
        )


@dataclass(frozen=True)
class Regions:
    """The samples 0 … `len` - 1 of an epoch, functions of (seed, epoch, index): `quotas[k]` of set k, then the next.

    With `fixed` every square is centred and has the margin that it has while painting; with `windows` samples are cut
    to what a painter looks at.
    """

    sets: tuple[WordsInScenes, ...]
    quotas: tuple[int, ...]
    network: NetworkParams
    crop: CropParams
    fonts: tuple[Path, ...]
    seed: int = 0
    fixed: bool = False
    windows: bool = False

    def __len__(self) -> int:
        return sum(self.quotas)

    def sample(self, epoch: int, index: int) -> Region:
        """A word with its surroundings.

        Raises:
            ValueError: its photograph cannot be read any more.
        """
        ends = list(accumulate(self.quotas))
        number = bisect_right(ends, index)
        place = index - ends[number] + self.quotas[number]
        drawn = draw(tuple(map(len, self.sets)), self.quotas, self.seed, epoch)[number]
        place = place if drawn is None else int(drawn[place])
        if self.crop.squares:
            return self._region(number, place, epoch % self.crop.squares, number, place)
        return self._region(number, place, epoch, index)

    def alike(self, epoch: int) -> NDArray[np.int64]:
        """(N,) of each sample of an epoch the size of its picture, as a number."""
        if not self.windows:
            return np.zeros(len(self), np.int64)
        drawn = draw(tuple(map(len, self.sets)), self.quotas, self.seed, epoch)
        pairs = zip(self.sets, drawn, strict=True)
        quads = np.concatenate([words.quads if places is None else words.quads[places] for words, places in pairs])
        heights, widths = window_sides(quads, self.network).T
        return np.asarray(heights * (self.network.resolution + 1) + widths, np.int64)

    def _region(self, number: int, place: int, *turn: int) -> Region:
        words = self.sets[number]
        name, text = words.photographs[place].as_py(), words.texts[place].as_py()
        key = f"{words.name}/{name}#{words.numbers[place]}"
        try:
            scene = decode_quick(words.scenes.find(name).image, SCENE_PIXELS)
        except Refused as refused:
            raise ValueError(f"{key} in {words.scenes.path}: the photograph cannot be decoded ({refused})") from refused
        quad, widest = words.quads[place].astype(np.float64), float(words.widest[place])
        rng = np.random.default_rng((self.seed, *turn))
        if self.fixed or rng.random() < self.crop.keep:
            square = square_of(quad, min(self.crop.margin, widest))
        else:
            square = any_square(quad, min(rng.uniform(*self.crop.margins), widest), rng)
        resolution, font = self.network.resolution, font_for(text, self.fonts)
        local = in_square(quad, square, resolution)
        conditions = conditions_of(text, local, resolution, self.network.glyph.cell, font)
        again = f"{number}/{key}@{'held' if self.fixed else turn[0]}" if self.fixed or self.crop.squares else ""
        region = Region(cut_square(scene, square, resolution), conditions, local, text, key, again)
        return self._seen(region, quad) if self.windows else region

    def _seen(self, region: Region, quad: NDArray[np.float64]) -> Region:
        """The window of a square; `quad` is that of the photograph, from which `alike` has the window's sides."""
        window = window_at(region.quad, window_sides(quad, self.network), self.network.resolution)
        corner = window.columns.start, window.rows.start
        return region._replace(
            picture=region.picture[window], conditions=region.conditions.within(window), quad=region.quad - corner
        )


def gather(scenes: Sequence[Path], sets: WordSetsParams, crop: CropParams, network: NetworkParams) -> Regions:
    """The usable words of all sets; those that are not are counted by reason in the log.

    Raises:
        FileNotFoundError: a set or a font is not there.
        ValueError: a set is damaged, there are other than a ratio a set, or there is no usable word at all.
    """
    fonts = glyph_fonts(crop.fonts)
    paths = [*scenes, *map(Path, sets.more)]
    found = tuple(index_words(path.name, SceneLmdb.at(path), network.resolution, fonts) for path in paths)
    counts = list(map(len, found))
    if sets.ratios and len(sets.ratios) == len(counts):
        taken = quotas(counts, [ratio if count else 0.0 for ratio, count in zip(sets.ratios, counts, strict=True)])
    else:
        taken = quotas(counts, sets.ratios or None)
    return Regions(found, taken, network, crop, fonts, sets.seed)


def held_out(regions: Regions, share: float, count: int) -> tuple[Regions, Regions]:
    """(what is trained on, what is validated on), `count` at most of this; a photograph is in one of them only."""
    apart = [_held(each, share) for each in regions.sets]
    left = [each.part(np.flatnonzero(~held)) for each, held in zip(regions.sets, apart, strict=True)]
    kept = [each.part(np.flatnonzero(held)) for each, held in zip(regions.sets, apart, strict=True)]
    total = sum(map(len, kept))
    if not total:
        raise ValueError(f"a share of {share} of these photographs holds no word; give more, or a greater share")
    chosen = [
        each.part(np.linspace(0, len(each) - 1, -(-count * len(each) // total)).astype(np.int64)) for each in kept
    ]
    sizes = [len(each) for each in regions.sets]
    ratios = [quota / max(size, 1) * len(each) for quota, size, each in zip(regions.quotas, sizes, left, strict=True)]
    train = replace(regions, sets=tuple(left), quotas=quotas(list(map(len, left)), ratios))
    return train, replace(regions, sets=tuple(chosen), quotas=tuple(map(len, chosen)), fixed=True)


def index_words(name: str, scenes: SceneLmdb, resolution: int, fonts: Sequence[Path]) -> WordsInScenes:
    """Go through the annotations of a set, not its pictures, and keep the words that can be taught."""
    import pyarrow as pa

    rows: list[tuple[str, int, NDArray[np.float64], str, float]] = []
    left: Counter[str] = Counter()
    for photograph, instances in scenes.annotations():
        for number, instance in enumerate(instances):
            try:
                rows.append((photograph, number, *_usable(instance, resolution, fonts)))
            except Refused as refused:
                left[refused.reason] += 1
    said = ", ".join(f"{count} {reason}" for reason, count in left.most_common())
    logger.info(
        "%s: %d words of %s can be taught%s", name, len(rows), scenes.path, f"; left out: {said}" if left else ""
    )
    photographs, numbers, quads, texts, widest = zip(*rows, strict=True) if rows else ((), (), (), (), ())
    return WordsInScenes(
        name,
        scenes,
        pa.array(photographs, pa.string()),
        np.array(numbers, np.int32),
        np.array(quads, np.float32).reshape(-1, 4, 2),
        pa.array(texts, pa.string()),
        np.array(widest, np.float32),
    )


def widest_margin(text: str, quad: NDArray[np.float64], resolution: int) -> float:
    """How many times larger than the word its square may be, so that at this resolution its letters have room.

    Raises:
        Refused: as `reading_frame`; `too_flat` where not even the smallest square gives them enough.
    """
    frame = reading_frame(quad, text)
    scale = resolution / float(np.ptp(quad, axis=0).max())
    height, length = frame.line * scale, frame.line * frame.aspect * scale
    widest = 0.98 * min(height / MIN_HEIGHT, length / (MIN_ADVANCE * room_taken(text)))
    if widest < LEAST_MARGIN:
        raise Refused("too_flat", f"{length:.0f}x{height:.0f} pixels for {len(text)} characters at {resolution} a side")
    return widest


def _usable(instance: Instance, resolution: int, fonts: Sequence[Path]) -> tuple[NDArray[np.float64], str, float]:
    text = instance.text.strip()
    if not instance.valid:
        raise Refused("marked_invalid")
    if not 1 <= len(text) <= LONGEST:
        raise Refused("text_too_long" if text else "text_blank")
    quad = quad_of(instance.polygon)
    font_for(text, fonts)
    return quad, text, widest_margin(text, quad, resolution)


def _held(words: WordsInScenes, share: float) -> NDArray[np.bool_]:
    """(N,) whether a word's photograph is held out, of one photograph at least; its windows (`name#number`) go with it.

    By a hash of the name, so that no photograph changes sides when others join the set.
    """
    names = [name.partition("#")[0] for name in words.photographs.to_pylist()]
    lots = {name: hashlib.sha256(name.encode()).digest()[0] / 256 for name in set(names)}
    limit = max(share, min(lots.values(), default=0) + 1 / 256)
    return np.array([lots[name] < limit for name in names], np.bool_)
