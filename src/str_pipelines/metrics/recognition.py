"""How well words were read: accuracies, similarity, intervals, and tables by length and by size.

Everywhere `pairs` are N (prediction, label), N ≥ 1. Nothing is dropped and nothing is normalised but where it says so.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cpdist

from str_pipelines.text.normalisers import alnum

Pairs = Sequence[tuple[str, str]]
"""(prediction, label) a word."""

Row = dict[str, str | int | float]
"""A line of a table: `group`, `count`, `word_accuracy`, `strict`, `ned`."""

LENGTHS = (1, 4, 7, 10, 13)
"""Where a new group of label lengths begins, in characters."""

HEIGHTS = (8, 12, 16, 24, 32, 48, 64)
"""Where a new group of word heights begins, in pixels of the photograph."""


def is_right(prediction: str, label: str) -> bool:
    """Whether a word counts as read: equal after keeping 0-9a-z of the lower-cased texts.

    A label without any of these characters (Chinese, "&") has to be equal as it stands: were the empty rests compared,
    every reading would be right, and were it dropped, sets would not have the size they say.
    """
    return alnum(prediction) == alnum(label) if alnum(label) else prediction == label


def right(pairs: Pairs) -> NDArray[np.bool_]:
    """`is_right` of each pair, (N,) bool: what `bootstrap_interval` takes."""
    return np.array([is_right(prediction, label) for prediction, label in pairs], np.bool_)


def word_accuracy(pairs: Pairs) -> float:
    """Share of words read right by `is_right`, 0…1. ValueError where there are no pairs, as everywhere below."""
    return float(right(_some(pairs)).mean())


def word_accuracy_strict(pairs: Pairs) -> float:
    """Share of words whose prediction equals the label character by character, 0…1."""
    return sum(prediction == label for prediction, label in _some(pairs)) / len(pairs)


def ned(pairs: Pairs) -> float:
    """Mean of 1 − edit distance / longer length, 0…1, higher is better; two empty texts are alike: 1.

    The 1-NED of ICDAR 2017 RCTW and later, over the texts as they are, case and all.
    """
    predictions, labels = zip(*_some(pairs), strict=True)
    return float(cpdist(predictions, labels, scorer=Levenshtein.normalized_similarity, dtype=np.float64).mean())


def character_accuracy(pairs: Pairs) -> float:
    """1 − all edit distances / all label characters, 0…1: 1 less the character error rate, never below 0.

    Long words weigh more than in `ned`. Where all labels are empty it is 1 if all predictions are, otherwise 0.
    """
    predictions, labels = zip(*_some(pairs), strict=True)
    wrong = int(cpdist(predictions, labels, scorer=Levenshtein.distance, dtype=np.int64).sum())
    return max(0.0, 1 - wrong / max(1, sum(map(len, labels))))


def bootstrap_interval(correct: NDArray[np.bool_], seed: int, resamples: int = 10_000) -> tuple[float, float]:
    """The 95 % percentile bootstrap interval (low, high) of the mean of `correct`, both 0…1.

    N draws with replacement from zeros and ones hold Binomial(N, mean) ones, so each resample is one draw and no array
    of N × resamples is made. Words count as independent; several from one photograph make the true interval wider.
    Where all are right, or all wrong, no resample differs and the interval has no width.

    Args:
        correct: (N,) bool, N ≥ 1, of `right`.
        seed: the interval is a pure function of N, the mean and the seed.
        resamples: how many; 10,000 give the ends to about a hundredth of the interval's width.
    """
    if correct.dtype != np.bool_ or correct.ndim != 1 or not len(correct):
        raise ValueError(f"`correct` must be (N,) bool with N ≥ 1, not {correct.shape} {correct.dtype}")
    means = np.random.default_rng(seed).binomial(len(correct), correct.mean(), resamples) / len(correct)
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)


def by_length(pairs: Pairs) -> list[Row]:
    """The figures by length of the label in characters: one row a group of `LENGTHS` that has words, in order."""
    return _rows(pairs, [len(label) for _, label in _some(pairs)], LENGTHS)


def by_size(pairs: Pairs, heights: Sequence[int]) -> list[Row]:
    """The figures by height of the word: one row a group of `HEIGHTS` that has words, in order.

    Args:
        pairs: (prediction, label) a word.
        heights: N heights in whole pixels, of the words as they are read: rectified and upright.
    """
    if len(heights) != len(_some(pairs)):
        raise ValueError(f"{len(pairs)} pairs, but {len(heights)} heights")
    return _rows(pairs, heights, HEIGHTS)


def _rows(pairs: Pairs, values: Sequence[int], starts: Sequence[int]) -> list[Row]:
    groups: dict[int, list[tuple[str, str]]] = {}
    for pair, value in zip(pairs, values, strict=True):
        groups.setdefault(bisect_right(starts, value), []).append(pair)
    return [_row(group_name(index, starts), groups[index]) for index in sorted(groups)]


def _row(group: str, pairs: Pairs) -> Row:
    return {
        "group": group,
        "count": len(pairs),
        "word_accuracy": word_accuracy(pairs),
        "strict": word_accuracy_strict(pairs),
        "ned": ned(pairs),
    }


def group_name(index: int, starts: Sequence[int]) -> str:
    """`<8`, `8-11`, …, `64+` for index 0, 1, …, len(starts)."""
    if index == 0:
        return f"<{starts[0]}"
    if index == len(starts):
        return f"{starts[-1]}+"
    return f"{starts[index - 1]}-{starts[index] - 1}"


def _some(pairs: Pairs) -> Pairs:
    if not len(pairs):
        raise ValueError("no words to score: the set is empty, or everything in it was rejected (see its rejections)")
    return pairs
