from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from str_pipelines.metrics import recognition as metrics

FIGURES = (metrics.word_accuracy, metrics.word_accuracy_strict, metrics.ned, metrics.character_accuracy)

texts = st.text("aAbB1é&中 ", max_size=8)
pairs_of_texts = st.lists(st.tuples(texts, texts), min_size=1, max_size=30)


def edit_distance(a: str, b: str) -> int:
    """Wagner and Fischer's table, one row at a time."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        above, row = row, [i]
        for j, y in enumerate(b, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (x != y)))
    return row[-1]


@pytest.mark.parametrize(
    ("prediction", "label", "expected"),
    [
        ("hotel", "HOTEL", True),
        ("Joe's", "JOES!", True),
        ("H0TEL", "HOTEL", False),
        ("", "a", False),
        ("", "", True),
        ("&", "&", True),
        ("", "&", False),  # both rests are empty, yet nothing was read
        ("+", "&", False),
        ("饭店", "饭店", True),
        ("酒店", "饭店", False),
        ("号5", "5号", True),  # the rule of the field looks only at the 5
    ],
)
def test_when_a_word_is_right(prediction: str, label: str, expected: bool) -> None:
    assert metrics.is_right(prediction, label) is expected


def test_the_figures_of_a_small_set() -> None:
    pairs = [("hotel", "HOTEL"), ("BAR", "BAR"), ("kart", "cart"), ("", "no")]
    assert metrics.word_accuracy(pairs) == 0.5
    assert metrics.word_accuracy_strict(pairs) == 0.25
    assert metrics.ned(pairs) == pytest.approx((0 + 1 + 0.75 + 0) / 4)
    assert metrics.character_accuracy(pairs) == pytest.approx(1 - (5 + 0 + 1 + 2) / 14)


def test_empty_labels() -> None:
    assert metrics.ned([("", "")]) == metrics.character_accuracy([("", "")]) == 1
    assert metrics.ned([("a", "")]) == metrics.character_accuracy([("a", "")]) == 0


@given(pairs_of_texts)
def test_edit_distances_are_levenshtein_s(pairs: list[tuple[str, str]]) -> None:
    distances = [edit_distance(*pair) for pair in pairs]
    similarities = [1 - d / max(1, *map(len, pair)) for d, pair in zip(distances, pairs, strict=True)]
    assert metrics.ned(pairs) == pytest.approx(np.mean(similarities))
    characters = max(1, sum(len(label) for _, label in pairs))
    assert metrics.character_accuracy(pairs) == pytest.approx(max(0, 1 - sum(distances) / characters))


@given(pairs_of_texts, st.randoms())
def test_figures_lie_in_range_and_do_not_depend_on_the_order(pairs: list[tuple[str, str]], random: object) -> None:
    shuffled = sorted(pairs, key=lambda _: random.random())  # type: ignore[attr-defined]
    for figure in FIGURES:
        assert 0 <= figure(pairs) <= 1
        assert figure(pairs) == pytest.approx(figure(shuffled))
    assert metrics.word_accuracy_strict(pairs) <= min(metrics.word_accuracy(pairs), metrics.ned(pairs) + 1e-12)


@given(st.lists(texts, min_size=1))
def test_a_perfect_reader_has_one_everywhere(labels: list[str]) -> None:
    assert [figure([(label, label) for label in labels]) for figure in FIGURES] == [1, 1, 1, 1]


@pytest.mark.parametrize("figure", [*FIGURES, metrics.by_length])
def test_no_words_have_no_figure(figure: object) -> None:
    with pytest.raises(ValueError, match="no words to score"):
        figure([])  # type: ignore[operator]


@given(st.lists(st.booleans(), min_size=1, max_size=300), st.integers(0, 2**32))
def test_the_interval_holds_the_mean_and_is_a_function_of_the_seed(values: list[bool], seed: int) -> None:
    correct = np.array(values)
    low, high = metrics.bootstrap_interval(correct, seed, resamples=500)
    assert 0 <= low <= correct.mean() <= high <= 1
    assert (low, high) == metrics.bootstrap_interval(np.flip(correct), seed, resamples=500)


def test_the_interval_is_that_of_resampling_word_by_word() -> None:
    rng = np.random.default_rng(3)
    correct = rng.random(400) < 0.8
    means = correct[rng.integers(0, 400, (4000, 400))].mean(axis=1)
    assert metrics.bootstrap_interval(correct, 0) == pytest.approx(np.quantile(means, (0.025, 0.975)), abs=0.004)


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    samples = np.random.default_rng(1).random((2000, 500)) < 0.85
    intervals = [metrics.bootstrap_interval(sample, seed, 1000) for seed, sample in enumerate(samples)]
    assert 0.93 < np.mean([low <= 0.85 <= high for low, high in intervals]) < 0.97


@pytest.mark.parametrize("correct", [np.array([], np.bool_), np.array([0.5, 1.0]), np.ones((2, 2), np.bool_)])
def test_the_interval_wants_booleans(correct: object) -> None:
    with pytest.raises(ValueError, match="bool with N"):
        metrics.bootstrap_interval(correct, 0)  # type: ignore[arg-type]


@given(pairs_of_texts)
def test_groups_by_length_add_up(pairs: list[tuple[str, str]]) -> None:
    rows = metrics.by_length(pairs)
    counts = [int(row["count"]) for row in rows]
    assert sum(counts) == len(pairs)
    for key, figure in zip(("word_accuracy", "strict", "ned"), FIGURES, strict=False):
        assert np.average([float(row[key]) for row in rows], weights=counts) == pytest.approx(figure(pairs))


def test_where_groups_begin() -> None:
    lengths = [("", "x" * n) for n in (0, 1, 3, 4, 12, 13, 40)]
    assert [(r["group"], r["count"]) for r in metrics.by_length(lengths)] == [
        ("<1", 1),
        ("1-3", 2),
        ("4-6", 1),
        ("10-12", 1),
        ("13+", 2),
    ]
    rows = metrics.by_size([("a", "a")] * 4, [64, 7, 8, 11])
    assert [(r["group"], r["count"]) for r in rows] == [("<8", 1), ("8-11", 2), ("64+", 1)]


def test_a_height_for_every_word() -> None:
    with pytest.raises(ValueError, match="2 pairs, but 1 heights"):
        metrics.by_size([("a", "a")] * 2, [10])
