"""Readings of one benchmark set against its labels, compared as the set's rule says."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from str_pipelines.metrics.recognition import (
    HEIGHTS,
    LENGTHS,
    bootstrap_interval,
    character_accuracy,
    group_name,
    ned,
    word_accuracy_strict,
)
from str_pipelines.text.normalisers import Normaliser

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Judged:
    """A word with its reading: as they are, and as they are compared."""

    index: int
    label: str
    reading: str
    wanted: str
    said: str
    confidence: float
    height: int
    reason: str

    @property
    def right(self) -> bool:
        """Whether the word counts as read."""
        return self.wanted == self.said


def judged(rows: Iterable[Mapping[str, Any]], rule: Normaliser) -> list[Judged]:
    """The words of a table of `recognizers.reading`; those whose label the rule drops are left out.

    Of a label of which the rule leaves nothing (Chinese or "&" under `alnum`), label and reading have to be equal as
    they stand: see `metrics.recognition.is_right`.
    """
    found = []
    for row in rows:
        label, reading = row["label"], row["reading"]
        wanted = rule(label)
        if wanted is None:
            continue
        wanted, said = (wanted, rule(reading) or "") if wanted else (label, reading)
        facts = row["confidence"], row["height"], row["reason"]
        found.append(Judged(row["index"], label, reading, wanted, said, *facts))
    return found


def figures(words: Sequence[Judged]) -> Row:
    """What a set comes to, shares 0 to 1.

    `word_accuracy` with its 95 % bootstrap interval `low` … `high`, `ned` (1-NED) and `character_accuracy` compare as
    the set's rule says; `word_accuracy_strict` compares the texts as they are. What could not be read (`unreadable`)
    counts as wrong.

    Raises:
        ValueError: there are no words.
    """
    if not words:
        raise ValueError("no words to score: the rule drops the label of every one")
    right = np.array([word.right for word in words])
    low, high = bootstrap_interval(right, seed=0)
    compared = [(word.said, word.wanted) for word in words]
    return {
        "words": len(words),
        "unreadable": sum(bool(word.reason) for word in words),
        "word_accuracy": float(right.mean()),
        "low": low,
        "high": high,
        "word_accuracy_strict": word_accuracy_strict([(word.reading, word.label) for word in words]),
        "ned": ned(compared),
        "character_accuracy": character_accuracy(compared),
    }


def by_length(words: Sequence[Judged]) -> list[Row]:
    """`figures` by length of the label in characters: one row a group of `LENGTHS` that has words, in order."""
    return _grouped(words, lambda word: len(word.label), LENGTHS)


def by_height(words: Sequence[Judged]) -> list[Row]:
    """`figures` by height of the picture in pixels, as it was read: one row a group of `HEIGHTS` that has words."""
    return _grouped(words, lambda word: word.height, HEIGHTS)


def _grouped(words: Sequence[Judged], measure: Callable[[Judged], int], starts: Sequence[int]) -> list[Row]:
    groups: dict[int, list[Judged]] = {}
    for word in words:
        groups.setdefault(bisect_right(starts, measure(word)), []).append(word)
    return [{"group": group_name(index, starts), **figures(groups[index])} for index in sorted(groups)]
