"""Figures of one reader on benchmark sets, kept a set at a time so that they add up from run to run; their means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from str_pipelines.metrics.benchmarks import complete_groups, rule_of
from str_pipelines.metrics.recognition import bootstrap_interval
from str_pipelines.metrics.scores import Judged, Row, figures, judged
from str_pipelines.records import Table
from str_pipelines.storage.tables import rows_in, rows_of
from str_pipelines.text.normalisers import normaliser

Results = Mapping[str, Mapping[str, Any]]
"""`<reader>/<set>` → figures, and what they are figures of."""
CONDITIONS = ("words_digest", "rule", "turn")
"""Two figures of a set compare where these are equal: `turn` is what was done before the reader got the pictures."""


def judged_sets(sets: Table, predictions: Table, rules: Mapping[str, str]) -> Iterator[tuple[str, list[Judged]]]:
    """The words of each set, by its name.

    Args:
        sets: one row a set: `set`, `words` (how many), and what else `find_sets` says of it.
        predictions: the rows of all sets, one set after the other, in the order of `sets`.
        rules: the normaliser by which a set's words are compared.
    """
    start = 0
    for each in rows_of(sets):
        rows = rows_in(predictions, range(start, start + each["words"]))
        yield each["set"], judged(rows, normaliser(rules[each["set"]]))
        start += each["words"]


def score_sets(
    sets: Table, predictions: Table, reader: str, digest: str, rule: str, turn: bool, turns: bool
) -> dict[str, Row]:
    """The figures of this run by `<reader>/<set>`, with their conditions.

    Args:
        reader, digest: its name and short digest, and its full one.
        rule: a normaliser for all sets; empty for each set's own.
        turn: as in `recognizers.reading.read_pictures`.
        turns: whether the reader turns what is much higher than wide by itself.
    """
    listed = {each["set"]: each for each in rows_of(sets)}
    rules = {name: normaliser(rule or rule_of(name)).versioned for name in listed}
    return {
        f"{reader}/{name}": {
            "reader": reader,
            "reader_digest": digest,
            "set": name,
            "words_digest": listed[name]["digest"],
            "rule": rules[name],
            "turn": turn,
            "turned": turn or turns,
            "dropped": listed[name]["words"] - len(words),
            **figures(words),
        }
        for name, words in judged_sets(sets, predictions, rules)
    }


def means(scores: Mapping[str, Mapping[str, Any]]) -> list[Row]:
    """Mean word accuracy over all sets and over each complete group: weighted by words, with interval, and not."""
    groups = {"all": tuple(scores), **complete_groups(scores)}
    return [_mean(group, [scores[name] for name in names]) for group, names in groups.items()]


def _mean(group: str, scores: Sequence[Mapping[str, Any]]) -> Row:
    words = sum(score["words"] for score in scores)
    right = sum(round(score["words"] * score["word_accuracy"]) for score in scores)
    low, high = bootstrap_interval(np.arange(words) < right, seed=0)
    unweighted = sum(score["word_accuracy"] for score in scores) / len(scores)
    row = {"group": group, "sets": len(scores), "words": words, "weighted": right / words}
    return {**row, "low": low, "high": high, "unweighted": unweighted}


def beside(results: Results, reader: str, names: Sequence[str]) -> list[Row]:
    """Word accuracies of this reader and all earlier ones on these sets, best mean first.

    A figure of other words, or under another rule, does not compare and is left out. `mean` is weighted by words and
    given where no set lacks. `turned` says whether what is much higher than wide was turned, by whomever; None where
    figures do not say so.
    """
    ours = {name: results[f"{reader}/{name}"] for name in names}
    readers = list(dict.fromkeys([reader, *(str(result["reader"]) for result in results.values())]))
    rows = [_beside(results, each, ours) for each in readers]
    return sorted((row for row in rows if len(row) > 3), key=lambda row: -(row["mean"] or 0))


def _beside(results: Results, reader: str, ours: Mapping[str, Mapping[str, Any]]) -> Row:
    theirs = {name: results.get(f"{reader}/{name}", {}) for name in ours}
    alike = {
        name: result
        for name, result in theirs.items()
        if all(result.get(condition) == ours[name][condition] for condition in CONDITIONS)
    }
    shares = {name: result["word_accuracy"] for name, result in alike.items()}
    turned = next((result["turned"] for result in alike.values() if "turned" in result), None)
    words = sum(ours[name]["words"] for name in ours)
    whole = len(shares) == len(ours)
    mean = sum(shares[name] * ours[name]["words"] for name in ours) / words if whole else None
    return {"reader": reader, "turned": turned, "mean": mean, **shares}
