"""Each rule as its tool has it, less the tool's faults."""

from __future__ import annotations

import pickle
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from str_pipelines.text.charsets import CHARSETS
from str_pipelines.text.normalisers import NORMALISERS, UNKNOWN, normaliser, to_ascii

LABEL = st.text(max_size=40) | st.text(string.printable + "İßﬁ½…’“–é中\u212a", max_size=40)
ALLOWED = {
    "dt36": CHARSETS["36"].characters,
    "dt36-filter": CHARSETS["36"].characters,
    "dt94": CHARSETS["94"].characters,
    "parseq36": CHARSETS["36"].characters,
    "parseq94": CHARSETS["94"].characters,
    "abinet36": CHARSETS["36"].characters,
    "aster": CHARSETS["94"].characters + UNKNOWN,
    "alnum": CHARSETS["36"].characters,
}


@pytest.mark.parametrize("name", NORMALISERS)
@given(label=LABEL)
def test_every_rule_is_idempotent(name: str, label: str) -> None:
    rule = normaliser(name)
    once = rule(label)
    assert once is None or rule(once) == once


@pytest.mark.parametrize("name", ALLOWED)
@given(label=LABEL)
def test_nothing_leaves_the_charset_or_the_length(name: str, label: str) -> None:
    result = normaliser(name)(label)
    assert result is None or set(result) <= set(ALLOWED[name])
    if name not in ("alnum", "aster"):
        assert result is None or 0 < len(result) <= 25


@pytest.mark.parametrize("name", ["raw", "ccd", "alnum"])
@given(label=LABEL)
def test_three_rules_drop_nothing(name: str, label: str) -> None:
    assert normaliser(name)(label) is not None


@pytest.mark.parametrize("name", ["dt94", "parseq94", "aster"])
def test_every_printable_character_survives_where_the_charset_has_94(name: str) -> None:
    for character in CHARSETS["94"].characters:
        assert normaliser(name)(character) == character


@pytest.mark.parametrize(
    ("name", "label", "expected"),
    [
        ("raw", " Don’t ", " Don’t "),
        ("raw", "", ""),
        ("dt36", "Don't", "dont"),
        ("dt36", "]^-\\", None),
        ("dt36", "a" * 25 + "!", "a" * 25),
        ("dt36", "a" * 26, None),
        ("dt36-filter", "Dont", "dont"),
        ("dt36-filter", "Don't", None),
        ("dt36-filter", "", None),
        ("dt36-filter", "A" * 25, "a" * 25),
        ("dt36-filter", "A" * 26, None),
        ("dt94", "a]b^c-d\\e f é", "a]b^c-d\\ef"),
        ("dt94", "中文", None),
        ("parseq36", "Don’t", "dont"),
        ("parseq94", "“Don’t” – ‚no‘…", "\"Don't\"-'no'..."),
        ("parseq94", "Ｃａｆé", "Cafe"),
        ("parseq94", "½ﬁ", "1/2fi"),
        ("parseq94", "非", None),
        ("parseq36", "!!!", None),
        ("parseq36", "a " * 25, "a" * 25),
        ("parseq36", "a" * 25 + "!", None),  # PARSeq measures before it deletes
        ("parseq94", "a" * 24 + "¨x", "a" * 24 + "x"),
        ("abinet36", "Don't", "dont"),
        ("abinet36", "a" * 25 + "!", "a" * 25),
        ("abinet36", "a" * 26, None),
        ("abinet36", "...", None),
        ("ccd", "A^b 中9-\u9fa5\u9fa6", "ab中9\u9fa5"),
        ("ccd", "^^", ""),
        ("aster", "Caf\u00e9 x", f"Caf{UNKNOWN}{UNKNOWN}x"),
        ("aster", "", None),
        ("aster", "a" * 99, "a" * 99),
        ("aster", "a" * 100, None),
        ("alnum", "W-O_R(D)7 中", "word7"),
        ("alnum", "é!", ""),
    ],
)
def test_a_rule_gives_what_its_tool_means(name: str, label: str, expected: str | None) -> None:
    assert normaliser(name)(label) == expected


@given(label=st.text(max_size=40))
def test_ascii_has_no_white_space_and_leaves_ascii_alone(label: str) -> None:
    text = to_ascii(label)
    assert text.isascii() and text.split() == ([text] if text else [])
    assert to_ascii(text) == text


@pytest.mark.parametrize("dash", "‐‑‒–—―−")
def test_every_dash_becomes_a_hyphen(dash: str) -> None:
    assert to_ascii(f"a{dash}b") == "a-b"


@pytest.mark.parametrize("name", NORMALISERS)
def test_a_recorded_name_leads_back_to_its_rule(name: str) -> None:
    assert normaliser(normaliser(name).versioned) is normaliser(name)
    assert normaliser(name).versioned.startswith(f"{name}@")


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(ValueError, match="'parsec36'; did you mean 'parseq36'"):
        normaliser("parsec36")


def test_another_version_is_refused() -> None:
    with pytest.raises(ValueError, match="'ccd@99' is not here but 'ccd@1'"):
        normaliser("ccd@99")


def test_a_normaliser_travels_between_processes() -> None:
    for each in NORMALISERS.values():
        assert pickle.loads(pickle.dumps(each)) == each  # noqa: S301
