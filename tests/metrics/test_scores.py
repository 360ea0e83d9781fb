from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from str_pipelines.metrics import recognition as metrics
from str_pipelines.metrics.scores import by_height, by_length, figures, judged
from str_pipelines.text.normalisers import normaliser

texts = st.text("aAbB1é&中 ", max_size=8)


def row(label: str, reading: str, height: int = 20, confidence: float = 0.5, reason: str = "") -> dict[str, Any]:
    facts = {"confidence": confidence, "height": height, "width": 60, "reason": reason}
    return {"index": 0, "id": "1", "label": label, "reading": reading, **facts}


@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=20))
def test_the_usual_rule_is_that_of_the_field(pairs: list[tuple[str, str]]) -> None:
    words = judged([row(label, reading) for reading, label in pairs], normaliser("alnum"))
    assert [word.right for word in words] == metrics.right(pairs).tolist()
    found = figures(words)
    assert found["word_accuracy"] == pytest.approx(metrics.word_accuracy(pairs))
    assert found["word_accuracy_strict"] == pytest.approx(metrics.word_accuracy_strict(pairs))
    assert found["low"] <= found["word_accuracy"] <= found["high"]


def test_the_rule_decides_what_is_right() -> None:
    rows = [row("Café", "CAFE"), row("饭店", "饭店"), row("a-b", "ab"), row("x" * 30, "x" * 30)]
    assert [word.right for word in judged(rows, normaliser("alnum"))] == [False, True, True, True]
    assert [word.right for word in judged(rows, normaliser("raw"))] == [False, True, False, True]
    assert [word.right for word in judged(rows, normaliser("parseq36"))] == [True, True]  # two labels are dropped


def test_a_reading_that_the_rule_drops_is_wrong() -> None:
    [word] = judged([row("ab", "ab" * 20)], normaliser("parseq36"))
    assert word.said == "" and not word.right


def test_similarity_compares_what_the_rule_leaves() -> None:
    found = figures(judged([row("HOTEL", "hotel"), row("Sale!", "sole")], normaliser("alnum")))
    assert found["ned"] == pytest.approx((1 + 0.75) / 2)
    assert found["character_accuracy"] == pytest.approx(1 - 1 / 9)
    assert found["word_accuracy_strict"] == 0


def test_what_could_not_be_read_is_wrong_and_counted() -> None:
    found = figures(judged([row("a", "a"), row("b", "", reason="image_empty")], normaliser("alnum")))
    assert (found["words"], found["unreadable"], found["word_accuracy"]) == (2, 1, 0.5)


def test_nothing_left_is_refused() -> None:
    with pytest.raises(ValueError, match="the rule drops"):
        figures(judged([row("日本", "日本")], normaliser("parseq36")))


@given(st.lists(st.tuples(texts, texts, st.integers(1, 90)), min_size=1, max_size=20))
def test_groups_hold_every_word_once(words: list[tuple[str, str, int]]) -> None:
    found = judged([row(*word) for word in words], normaliser("alnum"))
    right = sum(word.right for word in found)
    for table in (by_length(found), by_height(found)):
        assert sum(group["words"] for group in table) == len(words)
        assert sum(group["words"] * group["word_accuracy"] for group in table) == pytest.approx(right)


def test_groups_are_those_of_their_names() -> None:
    found = judged([row("ab", "ab", 9), row("abcd", "x", 70), row("abcdef", "abcdef", 8)], normaliser("alnum"))
    assert [(group["group"], group["words"], group["word_accuracy"]) for group in by_length(found)] == [
        ("1-3", 1, 1.0), ("4-6", 2, 0.5),
    ]  # fmt: skip
    assert [(group["group"], group["words"]) for group in by_height(found)] == [("8-11", 2), ("64+", 1)]
