"""Which words of two sets are the same: sorted numbers searched in one another, some millions of pairs at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from str_pipelines.curation.hashes import Hashes, Numbers
from str_pipelines.imaging.likeness import BITS, bits_apart

Places = NDArray[np.intp]
BANDS = 8
"""Groups of bits: hashes that differ in fewer bits than there are groups agree in one of these."""
AT_ONCE = 4_000_000  # pairs
MIX = np.uint64(0x9E3779B97F4A7C15)  # odd, so that multiplying by it loses nothing


class Index:
    """Numbers in order; of equal ones the earlier stands first."""

    def __init__(self, numbers: NDArray[np.int64] | NDArray[np.uint64]) -> None:
        self.order = np.argsort(numbers, kind="stable")
        self.sorted = numbers[self.order]

    def first(self, wanted: NDArray[np.int64]) -> Places:
        """Where each of `wanted` stands first; -1 where it does not."""
        if not len(self.sorted):
            return np.full(len(wanted), -1)
        at = np.minimum(np.searchsorted(self.sorted, wanted), len(self.sorted) - 1)
        return np.where(self.sorted[at] == wanted, self.order[at], -1)

    def all(self, wanted: NDArray[np.int64] | NDArray[np.uint64]) -> Iterator[tuple[Places, Places]]:
        """All pairs of a place here and a place in `wanted` with the same number, AT_ONCE of them or so at a time."""
        start = np.searchsorted(self.sorted, wanted)
        found = np.flatnonzero(start < len(self.sorted))
        found = found[self.sorted[start[found]] == wanted[found]]  # few of them, as a rule, and the rest is for these
        counts = np.searchsorted(self.sorted, wanted[found], "right") - start[found]
        pieces = np.flatnonzero(np.diff(np.cumsum(counts) // AT_ONCE)) + 1
        for some, many in zip(np.split(found, pieces), np.split(counts, pieces), strict=True):
            begin = np.repeat(start[some] - np.cumsum(many) + many, many)
            yield self.order[begin + np.arange(len(begin))], np.repeat(some, many)


def repeats(files: Index) -> tuple[Places, Places]:
    """Of a set: where a file stood first, and where it stands again."""
    new = np.r_[True, files.sorted[1:] != files.sorted[:-1]][: len(files.sorted)]
    first = np.maximum.accumulate(np.where(new, np.arange(len(new)), 0))
    again = np.flatnonzero(~new)
    in_order = again[np.argsort(files.order[again])]
    return files.order[first[in_order]], files.order[in_order]


def same_files(one: Index, other: Numbers) -> tuple[Places, Places]:
    """Places in two sets with the same file: each of either that has one in the other, beside the first of these."""
    first = one.first(other)
    shared = np.flatnonzero(first >= 0)
    distinct = shared[np.unique(other[shared], return_index=True)[1]]
    pairs = [(first[shared], shared)]
    for here, there in one.all(other[distinct]):
        pairs.append((here[here != first[distinct[there]]], distinct[there][here != first[distinct[there]]]))
    return _joined(pairs)


def alike(one: Hashes, other: Hashes, most: int) -> tuple[Places, Places, NDArray[np.uint8]]:
    """Places in two sets with the same label whose pictures differ in at most `most` bits, and in how many.

    Each word of either set stands beside the one that it is most like; the same file is not meant.
    """
    ours = np.flatnonzero(one.seen & np.isin(one.labels, other.labels))
    theirs = np.flatnonzero(other.seen & np.isin(other.labels, one.labels))
    here, there = _joined(_close(one, ours, other, theirs, most))
    if not len(here):
        return here, there, np.empty(0, np.uint8)
    apart = bits_apart(one.looks[here], other.looks[there])
    kept = np.union1d(_closest(here, apart), _closest(there, apart))
    return here[kept], there[kept], apart[kept]


def _close(one: Hashes, ours: Places, other: Hashes, theirs: Places, most: int) -> Iterator[tuple[Places, Places]]:
    """Pairs band by band; a pair that agrees in several bands comes several times."""
    for band in range(BANDS):
        index = Index(_banded(other, theirs, band))
        for place, wanted in index.all(_banded(one, ours, band)):
            here, there = ours[wanted], theirs[place]
            near = bits_apart(one.looks[here], other.looks[there]) <= most
            near &= (one.labels[here] == other.labels[there]) & (one.files[here] != other.files[there])
            yield here[near], there[near]


def _banded(hashes: Hashes, places: Places, band: int) -> NDArray[np.uint64]:
    """Label and one group of bits in a number."""
    width = np.uint64(BITS // BANDS)
    bits = (hashes.looks[places].view(np.uint64) >> np.uint64(band) * width) & np.uint64(2 ** int(width) - 1)
    return hashes.labels[places].view(np.uint64) ^ (bits + np.uint64(1)) * MIX


def _closest(places: Places, apart: NDArray[np.uint8]) -> Places:
    """Of the pairs of each place the one that is least apart."""
    order = np.lexsort((apart, places))
    return order[np.unique(places[order], return_index=True)[1]]


def _joined(pairs: Iterator[tuple[Places, Places]] | list[tuple[Places, Places]]) -> tuple[Places, Places]:
    found = [(np.empty(0, np.intp), np.empty(0, np.intp)), *pairs]
    return np.concatenate([here for here, _ in found]), np.concatenate([there for _, there in found])
