"""How two arms of an experiment differ: over seeds, and over the words that they were judged on."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t

RESAMPLES = 10_000
Scores = Sequence[NDArray[np.float64]]
"""(N,) a seed: how well each of the same N words was read, 0…1."""


def difference(first: Scores, second: Scores) -> dict[str, object]:
    """The first arm less the second in its mean score, -1…1, with 95 % intervals.

    `low` … `high` is Student's over seeds, for another training like these on these words; `words_low` … `words_high`
    the percentiles of a paired bootstrap over words, for these networks on other words of the kind.

    Raises:
        ValueError: the arms have other seeds, or words.
    """
    ours, theirs = np.stack(first), np.stack(second)
    if ours.shape != theirs.shape:
        raise ValueError(f"arms of {ours.shape} and {theirs.shape} seeds and words cannot be compared")
    gains = (ours - theirs).mean(1)
    seeds = len(gains)
    wide = t.ppf(0.975, seeds - 1) * gains.std(ddof=1) / sqrt(seeds) if seeds > 1 else float("nan")
    each = (ours - theirs).mean(0)
    drawn = np.random.default_rng(0).integers(0, len(each), (RESAMPLES, len(each)))
    low, high = np.quantile(each[drawn].mean(1), (0.025, 0.975))
    facts = {"first": ours.mean(), "second": theirs.mean(), "difference": gains.mean()}
    spans = {"low": gains.mean() - wide, "high": gains.mean() + wide, "words_low": low, "words_high": high}
    rounded = {name: round(float(value), 4) for name, value in {**facts, **spans}.items()}
    return {"seeds": seeds, "words": len(each), **rounded, "positive": f"{int((gains > 0).sum())} of {seeds}"}
