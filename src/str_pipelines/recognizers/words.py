"""What a recognizer trains on: words of several sets, in shares, brought to shape and augmented."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.augment import Augment
from str_pipelines.imaging.crop import upright
from str_pipelines.recognizers.shape import Shape, stretch
from str_pipelines.recognizers.spelling import Census, Spelling
from str_pipelines.training.order import draw

Sample = tuple[NDArray[np.uint8], str, str]
"""Picture (H, W, 3) uint8 RGB, text, and the key `set/record`."""


class WordSet(Protocol):
    """One of the sets: N samples, each a pure function of the epoch and its place."""

    @property
    def name(self) -> str: ...
    @property
    def census(self) -> Census: ...
    def __len__(self) -> int: ...

    def widths(self, epoch: int) -> NDArray[np.uint16]:
        """(N,) the width in pixels that each picture gets in this epoch."""
        ...

    def width(self, epoch: int, place: int) -> int:
        """`widths(epoch)[place]`, without the others."""
        ...

    def read(self, epoch: int, place: int) -> Sample:
        """A sample with its picture as it is stored or drawn."""
        ...


@dataclass(frozen=True)
class Words:
    """The samples 0 … `len` - 1 of an epoch: `quotas[k]` of set k, then of the next.

    `groups` and `sample` are pure functions, so any process may make any sample at any time; it pickles as arrays and
    handles. A set with a quota other than its size is gone through in endless permutations, from epoch to epoch.
    `stretches` are those of the augmentation's preset.
    """

    sets: tuple[WordSet, ...]
    quotas: tuple[int, ...]
    spelling: Spelling
    shape: Shape
    seed: int = 0
    augment: Augment | None = None
    stretches: tuple[float, float] | None = None

    def __len__(self) -> int:
        return sum(self.quotas)

    def groups(self, epoch: int) -> NDArray[np.uint16]:
        """(N,) the width in pixels of each sample's picture: what `training.order.batch_stream` makes batches by."""
        drawn = self._drawn(epoch)
        widths = [each.widths(epoch) for each in self.sets]
        chosen = np.concatenate([all_ if of is None else all_[of] for all_, of in zip(widths, drawn, strict=True)])
        return self._stretched(chosen, epoch)

    def sample(self, epoch: int, index: int) -> Sample:
        """Picture (height, width, 3) uint8 RGB, text, and the key `set/record`.

        Raises:
            ValueError: a picture cannot be read any more; the text says which and what to do.
        """
        ends = list(accumulate(self.quotas))
        number = bisect_right(ends, index)
        place = index - ends[number] + self.quotas[number]
        drawn = self._drawn(epoch)[number]
        place = place if drawn is None else int(drawn[place])
        image, text, key = self.sets[number].read(epoch, place)
        image = upright(image)
        if self.augment:
            image = self.augment(image, np.random.default_rng((self.seed, epoch, index)))
        width = np.array([self.sets[number].width(epoch, place)], np.uint16)
        return stretch(image, int(self._stretched(width, epoch, index)[0]), self.shape.height), text, key

    def report(self) -> list[dict[str, Any]]:
        """A row a set: words, kept, dropped by reason, characters the charset lacks and those never seen, longest."""
        return [each.census.row(each.name, self.spelling.charset) for each in self.sets]

    def _stretched(self, widths: NDArray[np.uint16], epoch: int, first: int = 0) -> NDArray[np.uint16]:
        """The widths of the samples from `first` on; half of them are drawn anew between `stretches`."""
        if self.stretches is None:
            return widths
        bits = np.random.PCG64(np.random.SeedSequence((self.seed, epoch), spawn_key=(1,))).advance(first)
        chances = np.random.Generator(bits).random(len(widths))  # a step of the generator each, so that any can be had
        low, high = self.stretches
        factors = np.where(chances < 0.5, low + 2 * chances * (high - low), 1)
        return self.shape.nearest(widths * factors).astype(np.uint16)

    def _drawn(self, epoch: int) -> tuple[NDArray[np.int64] | None, ...]:
        return draw(tuple(map(len, self.sets)), self.quotas, self.seed, epoch)


def quotas(counts: Sequence[int], ratios: Sequence[float] | None = None, length: int | None = None) -> tuple[int, ...]:
    """How many samples an epoch takes of each set.

    Args:
        counts: how many there are.
        ratios: the shares, in any unit; those of the sets' own sizes where there are none.
        length: of an epoch; the sum of the counts where none is given.

    Raises:
        ValueError: a set without a usable word has a share, or there is nothing at all to take.
    """
    total, shares = length or sum(counts), list(counts if ratios is None else ratios)
    if len(shares) != len(counts) or min(shares, default=0) < 0 or not sum(shares):
        raise ValueError(f"a ratio of 0 or more is wanted for each of {len(counts)} sets, not {shares}")
    for number, (count, part) in enumerate(zip(counts, shares, strict=True)):
        if part and not count:
            raise ValueError(f"set {number + 1} has no usable word, but a share of {part}; see the report on the words")
    ends = [round(total * end / sum(shares)) for end in accumulate(shares)]
    return tuple(np.diff([0, *ends]).tolist())
