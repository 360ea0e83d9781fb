from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from str_pipelines.metrics.benchmark_scores import beside, judged_sets, means, score_sets
from str_pipelines.metrics.benchmarks import GROUPS
from str_pipelines.records import Table
from str_pipelines.storage.tables import write_table


@pytest.fixture
def sets(tmp_path: Path) -> Table:
    rows = [
        {"set": "SVT_647", "path": "/svt", "words": 3, "digest": "s"},
        {"set": "mine", "path": "/mine", "words": 2, "digest": "m"},
    ]
    return write_table(tmp_path / "sets.parquet", rows)


@pytest.fixture
def predictions(tmp_path: Path) -> Table:
    pairs = [("ONE", "one"), ("Two", "TOO"), ("three", "three"), ("a&b", "ab"), ("&", "and")]
    rows = [
        {"set": "SVT_647" if number < 3 else "mine", "index": number % 3, "id": str(number), "label": label,
         "reading": reading, "confidence": 0.9, "width": 50, "height": 20, "reason": ""}
        for number, (label, reading) in enumerate(pairs)
    ]  # fmt: skip
    return write_table(tmp_path / "predictions.parquet", rows)


def test_each_set_gets_its_own_words(sets: Table, predictions: Table) -> None:
    found = dict(judged_sets(sets, predictions, {"SVT_647": "alnum", "mine": "raw"}))
    assert [word.label for word in found["SVT_647"]] == ["ONE", "Two", "three"]
    assert [word.right for word in found["SVT_647"]] == [True, False, True]
    assert [word.right for word in found["mine"]] == [False, False]


def test_figures_have_their_conditions(sets: Table, predictions: Table) -> None:
    scores = score_sets(sets, predictions, "mini-1", "digest", "", turn=False, turns=False)
    assert list(scores) == ["mini-1/SVT_647", "mini-1/mine"]
    assert scores["mini-1/SVT_647"]["word_accuracy"] == pytest.approx(2 / 3)
    conditions = {name: scores["mini-1/mine"][name] for name in ("words_digest", "rule", "turn", "dropped", "words")}
    assert conditions == {"words_digest": "m", "rule": "alnum@1", "turn": False, "dropped": 0, "words": 2}


def test_one_rule_for_all_sets(sets: Table, predictions: Table) -> None:
    scores = score_sets(sets, predictions, "mini-1", "digest", "parseq36@1", turn=True, turns=False)
    assert {score["rule"] for score in scores.values()} == {"parseq36@1"}
    assert (scores["mini-1/mine"]["words"], scores["mini-1/mine"]["dropped"]) == (1, 1)  # of "&" nothing is left


def test_what_is_turned_is_told_from_what_was_asked_for(sets: Table, predictions: Table) -> None:
    for turn, turns in ((False, False), (False, True), (True, False), (True, True)):
        [row, _] = score_sets(sets, predictions, "mini-1", "digest", "", turn, turns).values()
        assert (row["turn"], row["turned"]) == (turn, turn or turns)


def score(words: int, share: float, **changes: Any) -> dict[str, Any]:
    return {"words": words, "word_accuracy": share, "words_digest": "d", "rule": "alnum@1", "turn": False, **changes}


def test_means_weigh_words_and_do_not() -> None:
    [row] = means({"a": score(100, 0.5), "b": score(300, 0.9)})
    assert (row["group"], row["sets"], row["words"]) == ("all", 2, 400)
    assert row["weighted"] == pytest.approx(0.8) and row["unweighted"] == pytest.approx(0.7)
    assert 0.75 < row["low"] < 0.8 < row["high"] < 0.85


def test_a_group_has_a_mean_when_all_of_it_is_there() -> None:
    scores = {name: score(100, 0.5) for name in GROUPS["subset"]} | {"mine": score(1000, 1.0)}
    assert {row["group"]: row["weighted"] for row in means(scores)}["subset"] == pytest.approx(0.5)
    del scores["SVT_647"]
    assert [row["group"] for row in means(scores)] == ["all"]


def test_readers_stand_beside_each_other_where_they_compare() -> None:
    results = {
        "mini-1/a": score(100, 0.5, reader="mini-1", turned=True),
        "mini-1/b": score(300, 0.9, reader="mini-1", turned=True),
        "best-2/a": score(100, 0.9, reader="best-2"),
        "best-2/b": score(300, 0.95, reader="best-2"),
        "old-3/a": score(100, 0.7, reader="old-3"),
        "old-3/b": score(300, 1.0, reader="old-3", words_digest="other words"),
        "raw-4/a": score(100, 1.0, reader="raw-4", rule="raw@1"),
        "flat-5/a": score(100, 0.9, reader="flat-5", turn=True, turned=True),
        "best-2/elsewhere": score(10, 0.1, reader="best-2"),
    }
    rows = beside(results, "mini-1", ["a", "b"])
    assert [row["reader"] for row in rows] == ["best-2", "mini-1", "old-3"]
    assert [row["turned"] for row in rows] == [None, True, None]  # older figures do not say so
    assert rows[0] == {"reader": "best-2", "turned": None, "mean": pytest.approx((90 + 285) / 400), "a": 0.9, "b": 0.95}
    assert rows[2] == {"reader": "old-3", "turned": None, "mean": None, "a": 0.7}
