from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from str_pipelines.execution import Execution
from str_pipelines.records import Table
from str_pipelines.storage.tables import rows_of, write_table
from str_pipelines.synthesis.config import Kind, TextParams
from str_pipelines.synthesis.proposals import jobs, propose, texts
from str_pipelines.text.charsets import load_charset
from str_pipelines.text.lexicons import by_length, load_lexicon

LEXICON = by_length(load_lexicon())
LATIN = load_charset("94")
KINDS = get_args(Kind)

latin = st.text(LATIN.characters, min_size=1, max_size=12)


def anchor(
    text: str = "", length: float = 120, height: float = 30, instance: int = 0, **changes: Any
) -> dict[str, Any]:
    quad = [0.0, 0.0, length, 0.0, length, height, 0.0, height]
    return {
        "scene": "s/a.png", "source": "s", "instance": instance, "text": text, "hint": "", "quad": quad,
        "length": length, "height": height, "reason": "", **changes,
    }  # fmt: skip


def proposed(text: str, **options: Any) -> list[tuple[str, str]]:
    return texts(anchor(text), LEXICON, LATIN, TextParams(**options))


@given(latin, st.integers(1, 12), st.integers(0, 3))
def test_texts_are_distinct_bounded_in_the_charset_and_the_same_again(text: str, per_anchor: int, seed: int) -> None:
    found = proposed(text, per_anchor=per_anchor, seed=seed)
    assert found == proposed(text, per_anchor=per_anchor, seed=seed)
    assert found[0] == (text, "identity")
    assert len({label for label, _ in found}) == len(found) <= per_anchor
    for label, kind in found:
        assert label and LATIN.covers(label) and kind in KINDS
        assert (label == text) == (kind == "identity")


@given(latin)
def test_each_kind_keeps_what_it_promises(text: str) -> None:
    for label, kind in proposed(text, per_anchor=20):
        assert len(label) == len(text)
        if kind == "permutation":
            assert Counter(label) == Counter(text)
        elif kind == "case":
            assert label.casefold() == text.casefold()
        elif kind == "digits":
            assert set(label) <= set("0123456789.:-/") and sum(c in ".:-/" for c in label) <= 1
        elif kind == "word":
            assert {label.lower(), label.upper(), label.capitalize()} & {
                form for word in LEXICON[len(text)] for form in (word.lower(), word.upper(), word.capitalize())
            }


def test_another_seed_gives_other_texts_and_so_does_another_place() -> None:
    here, there = proposed("OPENING"), texts(anchor("OPENING", instance=1), LEXICON, LATIN, TextParams())
    assert here != proposed("OPENING", seed=1) and here != there
    assert here[0] == there[0] == ("OPENING", "identity")


def test_a_word_is_written_as_what_stood_there() -> None:
    for text, case in (("OPENING", str.isupper), ("opening", str.islower), ("Opening", str.istitle)):
        words = [label for label, kind in proposed(text, per_anchor=12, kinds=("word",)) if label.isalpha()]
        assert len(words) > 6 and all(map(case, words))


def test_a_word_has_about_the_width_of_what_stood_there() -> None:
    def narrow(text: str) -> float:
        words = [label for label, _ in proposed(text, per_anchor=20, kinds=("word",))]
        return sum(c in "ijlft" for word in words for c in word) / sum(map(len, words))

    assert narrow("illicit") > 1.5 * narrow("womanly")


@pytest.mark.parametrize("text", ["A", "AAAA", "1", "!!", "aa"])
def test_texts_that_cannot_be_permuted_come_to_an_end(text: str) -> None:
    assert [kind for _, kind in proposed(text, kinds=("permutation",))] == []
    assert proposed(text, kinds=("identity", "permutation")) == [(text, "identity")]
    assert len(proposed(text, per_anchor=1000, kinds=("identity", "permutation", "case"))) < 20


def test_a_text_outside_the_charset_leaves_its_place() -> None:
    """醉域 is as wide as three or four letters and reads as neither identity nor permutation."""
    found = texts(anchor("醉域", length=60), LEXICON, LATIN, TextParams())
    assert {kind for _, kind in found} <= {"word", "digits"} and len(found) == 8
    assert {len(label) for label, _ in found} == {3}
    assert texts(anchor("IN GOD", length=60), LEXICON, LATIN, TextParams(kinds=("identity", "case"))) == []


@given(latin, st.integers(0, 3))
def test_a_hint_gives_length_and_case_and_never_a_text(hint: str, seed: int) -> None:
    found = texts(anchor(hint=hint), LEXICON, LATIN, TextParams(seed=seed))
    assert {kind for _, kind in found} <= {"word", "digits"}
    assert {len(label) for label, _ in found} <= {len(hint)}
    assert all(sorted(label.casefold()) != sorted(hint.casefold()) for label, _ in found)


def test_words_are_written_as_the_hint_is() -> None:
    for hint, case in (("OPENING", str.isupper), ("opening", str.islower), ("Opening", str.istitle)):
        found = texts(anchor(hint=hint), LEXICON, LATIN, TextParams(per_anchor=12, kinds=("word",)))
        assert len(found) > 6 and all(case(label) for label, _ in found if label.isalpha())


def test_what_was_read_in_another_script_leaves_the_place() -> None:
    assert texts(anchor(hint="汤包"), LEXICON, LATIN, TextParams()) == texts(anchor(), LEXICON, LATIN, TextParams())


def test_a_finders_words_are_not_given_back() -> None:
    lexicon = {4: ("open", "nope", "shut", "bone", "dune")}
    known, unknown = (
        {label for label, _ in texts(place, lexicon, LATIN, TextParams(per_anchor=100, kinds=("word",)))}
        for place in (anchor("Open"), anchor(hint="Open"))
    )
    assert known == {"Nope", "Bone", "Dune"} and unknown == {"Bone", "Dune"}


@pytest.mark.parametrize("given_text", ["EXIT", "0123", "two words", "é域", "क्\u200dष", "می\u200cخواهم"])
def test_a_given_text_is_the_only_one(given_text: str) -> None:
    for place in (anchor("OPEN"), anchor(hint="OPEN"), anchor()):
        assert texts(place, LEXICON, LATIN, TextParams(given=given_text)) == [(given_text, "given")]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (83, r"83 is no text but a int; quote it twice, as in word=\"'0123'\""),
        (True, "True is no text but a bool"),
        ("a\nb", "a text without control characters is wanted"),
        ("", "a text without control characters is wanted"),
        (" ", "a text without control characters is wanted"),
        ("\ud800", "valid string"),
        ("n" * 1001, "at most 1000 characters"),
    ],
)
def test_a_given_text_is_a_string(value: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        TextParams.model_validate({"given": value})


def test_a_charset_of_yours_makes_other_texts_known(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("域醉", encoding="utf-8")
    found = texts(anchor("醉域"), LEXICON, load_charset(str(tmp_path / "mine.txt")), TextParams())
    assert found == [("醉域", "identity"), ("域醉", "permutation")]


def test_a_small_charset_is_kept() -> None:
    digits_and_lower = load_charset("36")
    for text in ("", "Opening", "opening"):
        found = texts(anchor(text), LEXICON, digits_and_lower, TextParams(charset="36"))
        assert len(found) == 8 and all(map(digits_and_lower.covers, (label for label, _ in found)))


@given(st.floats(12, 60), st.floats(24, 400), st.booleans())
def test_a_place_without_a_text_gets_one_of_about_its_length(height: float, length: float, upright: bool) -> None:
    place = anchor("", *((height, length) if upright else (length, height)))
    found = texts(place, LEXICON, LATIN, TextParams())
    expected = min(12, max(2, max(length, height) / min(length, height) / 0.6))
    assert found and all(abs(len(label) - expected) <= 1 for label, _ in found)


def ranked(count: int | None, places: int = 10) -> Counter[int]:
    anchors = [anchor("OPENING", instance=number) for number in range(places)]
    return Counter(job["instance"] for job in jobs(anchors, LEXICON, LATIN, TextParams(per_anchor=4, count=count)))


@pytest.mark.parametrize("count", [1, 5, 10, 17, 39, 40, 1000])
def test_a_count_is_taken_evenly_over_the_places(count: int) -> None:
    taken = ranked(count)
    assert taken.total() == min(count, 40)
    per_place = [taken[number] for number in range(10)]
    assert max(per_place) - min(per_place) <= 1


def test_who_gives_one_more_is_drawn_by_lot_and_not_the_first() -> None:
    first, second = set(ranked(5)), set(ranked(15))
    assert first != {0, 1, 2, 3, 4} and len(first) == 5
    assert {number for number in range(10) if ranked(15)[number] == 2} == first and len(second) == 10


def test_without_a_count_every_text_is_taken() -> None:
    assert ranked(None) == {number: 4 for number in range(10)}


def test_a_smaller_count_is_a_part_of_a_larger_one() -> None:
    anchors = [anchor(text, instance=number) for number, text in enumerate(("A", "OPENING", "", "Sale", "12"))]
    all_ids = {job["id"]: job for job in jobs(anchors, LEXICON, LATIN, TextParams())}
    for count in range(1, len(all_ids)):
        some = {job["id"]: job for job in jobs(anchors, LEXICON, LATIN, TextParams(count=count))}
        assert len(some) == count and some.items() <= all_ids.items()


def table(folder: Path) -> Table:
    rows = [anchor("OPENING"), anchor("x", instance=1, reason="too_low"), anchor("", instance=2)]
    return write_table(folder / "anchors.parquet", rows)


def test_only_places_without_a_reason_are_used_and_rows_have_what_painting_needs(tmp_path: Path) -> None:
    found = rows_of(propose(table(tmp_path), TextParams(per_anchor=3), Execution(work=tmp_path)))
    assert Counter(row["instance"] for row in found) == {0: 3, 2: 3}
    assert found[0]["id"] == "s/a.png#0.0" and found[0]["source_text"] == "OPENING"
    assert found[0]["quad"] == [0, 0, 120, 0, 120, 30, 0, 30]
    assert len({row["id"] for row in found}) == len({row["seed"] for row in found}) == 6


def test_the_same_seed_gives_the_same_table_and_a_lexicon_of_yours_another(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("ABBOTS\nCOTTAGE\nzebras\n", encoding="utf-8")
    params = [TextParams(), TextParams(seed=1), TextParams(lexicon=str(tmp_path / "mine.txt")), TextParams()]
    digests = [
        propose(table(tmp_path), each, Execution(work=tmp_path / str(i))).digest for i, each in enumerate(params)
    ]
    assert digests[0] == digests[3] and len(set(digests)) == 3


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="did you mean '94'"):
        propose(table(tmp_path), TextParams(charset="95"), Execution(work=tmp_path))
    with pytest.raises(FileNotFoundError, match=r"nowhere\.txt"):
        propose(table(tmp_path), TextParams(lexicon="nowhere.txt"), Execution(work=tmp_path))


@pytest.mark.parametrize(
    ("rows", "kinds", "message"),
    [
        ([], "word", "anchors: there are none"),
        ([anchor(reason="too_low"), anchor(instance=1, reason="too_low")], "word", "anchors: 2 too_low"),
        (
            [anchor(), anchor(instance=1, reason="too_low")],
            "identity case",
            "1 usable, 1 too_low; kinds .*identity, case",
        ),
    ],
)
def test_no_text_at_all_says_why(tmp_path: Path, rows: list[dict[str, Any]], kinds: str, message: str) -> None:
    anchors = write_table(tmp_path / "anchors.parquet", rows)
    with pytest.raises(ValueError, match=message):
        propose(anchors, TextParams.model_validate({"kinds": kinds}), Execution(work=tmp_path))
