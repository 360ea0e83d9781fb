"""What is taught for a label is said by normaliser, case and charset, and whatever is left out has a reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from str_pipelines.recognizers.spelling import Census, Register, Spelling
from str_pipelines.text.charsets import Charset, load_charset
from str_pipelines.text.normalisers import NORMALISERS, normaliser

RAW, C36, C94 = normaliser("raw"), load_charset("36"), load_charset("94")


@pytest.mark.parametrize(
    ("spelling", "label", "text", "reason"),
    [
        (Spelling(RAW, C36), "word", "word", ""),
        (Spelling(RAW, C36), "Word", "", "label_outside_charset"),
        (Spelling(RAW, C36, "lower"), "Word", "word", ""),
        (Spelling(RAW, C36, "lower", "delete"), "It's", "its", ""),
        (Spelling(RAW, C36, "keep", "delete"), "It's", "ts", ""),
        (Spelling(RAW, C94, "upper"), "it's", "IT'S", ""),
        (Spelling(normaliser("parseq36"), C36), "Caf\u00e9!", "cafe", ""),
        (Spelling(normaliser("dt36-filter"), C36), "it's", "", "label_normalised_away"),
        (Spelling(RAW, C36, "lower", "delete"), "!!!", "", "label_normalised_away"),
        (Spelling(RAW, C36), "", "", "label_empty"),
        (Spelling(RAW, C36, longest=3), "word", "", "label_too_long"),
    ],
)
def test_a_label_becomes_this_text_or_is_left_out_for_this_reason(
    spelling: Spelling, label: str, text: str, reason: str
) -> None:
    assert spelling(label) == (text, reason)


@given(
    st.text(max_size=40),
    st.sampled_from(sorted(NORMALISERS)),
    st.sampled_from([C36, C94]),
    st.sampled_from(["keep", "lower", "upper"]),
    st.sampled_from(["drop", "delete"]),
)
def test_a_text_can_always_be_written_and_is_never_nothing(
    label: str, name: str, charset: Charset, case: str, outside: str
) -> None:
    text, reason = Spelling(normaliser(name), charset, case, outside)(label)  # type: ignore[arg-type]
    assert bool(text) != bool(reason)
    assert charset.covers(text) and len(text) <= 25


@pytest.mark.parametrize(
    ("spelling", "label", "lacking"),
    [
        (Spelling(RAW, C36), "Word", "W"),
        (Spelling(normaliser("parseq36"), C36), "Word's", "'"),
        (Spelling(RAW, C94), "\u00a35 \u65e5\u65e5", " \u00a3\u65e5"),
        (Spelling(RAW, C36, "lower", "delete"), "a b", ""),
    ],
)
def test_characters_that_nothing_can_write_are_named(spelling: Spelling, label: str, lacking: str) -> None:
    assert sorted(spelling.lacking(label)) == sorted(lacking)


def test_a_register_counts_words_by_their_labels() -> None:
    register = Register(Spelling(RAW, C36))
    assert [register.reason("word", 3), register.reason("W", 2), register.reason("W")] == [
        "", "label_outside_charset", "label_outside_charset",
    ]  # fmt: skip
    assert register.census.lacking == {"W": 3}
    assert register.census.seen == set("word") and register.census.longest == 4


def test_a_row_of_the_report_names_what_no_label_has() -> None:
    census = Census(words=3, kept=1, seen=set("abc"), longest=2)
    census.dropped.update({"label_empty": 2})
    row = census.row("set", Charset("small", "abcxyz"))
    assert row["never_seen"] == "xyz" and row["dropped"] == {"label_empty": 2} and row["words"] == 3
