"""Words that are in several sets, or several times in one: training words in test sets above all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from str_pipelines.curation.alike import Index, Places, alike, repeats, same_files
from str_pipelines.curation.hashes import Hashes, hashes_of
from str_pipelines.curation.leaks_params import LeaksParams
from str_pipelines.execution import Execution, build_table
from str_pipelines.records import Rejection, Table
from str_pipelines.sources.word_sets import find_word_sets
from str_pipelines.storage.digests import work_key
from str_pipelines.storage.words import WordLmdb

STEP, VERSION = "ingest.leaks", 1


@dataclass(frozen=True)
class Sets:
    """All sets that are compared, by name; which of them are tested on; what could not be read."""

    words: dict[str, WordLmdb]
    tests: tuple[str, ...]
    left_out: tuple[Rejection, ...]

    @classmethod
    def of(cls, words: WordLmdb, params: LeaksParams, benchmarks: Path | None, execution: Execution) -> Sets:
        """`words` and `params.training`, which are trained on, and what lies at or below `benchmarks`."""
        found, left_out = {words.path.name: words}, list[Rejection]()
        for root in map(Path, params.training):
            left_out += _add(found, root, execution)
        trained = len(found)
        if benchmarks:
            left_out += _add(found, benchmarks, execution)
        return cls(found, tuple(found)[trained:], tuple(left_out))


def _add(found: dict[str, WordLmdb], root: Path, execution: Execution) -> list[Rejection]:
    """Add the sets at or below `root`, under their paths where the name is taken; what cannot be read is left."""
    inside, unreadable = find_word_sets(root, execution)
    found |= {str(root / name) if name in found else name: words for name, words in inside.items()}
    return unreadable


@dataclass(frozen=True)
class Pairs:
    """Words of set `a` beside words of set `b`, by their places; `kind` is `same_file` or `alike`."""

    a: str
    b: str
    kind: str
    here: Places
    there: Places
    apart: NDArray[np.uint8]


def find_leaks(sets: Mapping[str, WordLmdb], near: int | None, execution: Execution) -> Table:
    """A row a pair of words: `a`, `id_a`, `label_a`, `b`, `id_b`, `label_b`, `kind`, `bits`, and `index_a`, `index_b`.

    Every word that another set has too is there for that pair of sets, beside the first such word, or the one that it
    is most like; every word that its own set has before (`a` is `b`), beside the first. `near` is `LeaksParams.near`,
    and looked at between sets alone.
    """
    known = [[name, words.digest] for name, words in sets.items()]
    key = work_key(STEP, VERSION, {"sets": known, "near": near})
    return build_table(lambda: _rows(sets, near, execution), step=STEP, key=key, execution=execution)


def _rows(sets: Mapping[str, WordLmdb], near: int | None, execution: Execution) -> Iterator[dict[str, Any]]:
    hashes = {name: hashes_of(words, near is not None, execution) for name, words in sets.items()}
    for pairs in _pairs(hashes, near):
        one, other = sets[pairs.a], sets[pairs.b]
        for here, there, bits in zip(pairs.here.tolist(), pairs.there.tolist(), pairs.apart.tolist(), strict=True):
            said = {"a": pairs.a, "id_a": one.id_of(here), "label_a": one[here].label}
            said |= {"b": pairs.b, "id_b": other.id_of(there), "label_b": other[there].label}
            yield {**said, "kind": pairs.kind, "bits": bits, "index_a": here, "index_b": there}


def _pairs(hashes: Mapping[str, Hashes], near: int | None) -> Iterator[Pairs]:
    indices = {name: Index(found.files) for name, found in hashes.items()}
    for name, index in indices.items():
        yield _same(name, name, *repeats(index))
    for a, b in combinations(_by_size(hashes), 2):
        yield _same(a, b, *same_files(indices[a], hashes[b].files))
        if near is not None:
            yield Pairs(a, b, "alike", *alike(hashes[a], hashes[b], near))


def _by_size(hashes: Mapping[str, Hashes]) -> Sequence[str]:
    """The larger set first: the few are looked up among the many."""
    return sorted(hashes, key=lambda name: -len(hashes[name]))


def _same(a: str, b: str, here: Places, there: Places) -> Pairs:
    return Pairs(a, b, "same_file", here, there, np.zeros(len(here), np.uint8))
