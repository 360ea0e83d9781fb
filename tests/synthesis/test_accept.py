from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from str_pipelines.execution import Execution
from str_pipelines.imaging.decode import encode_png
from str_pipelines.records import Rejection, Word
from str_pipelines.storage.words import WordLmdb, WordWriter
from str_pipelines.synthesis.accept import accept
from str_pipelines.synthesis.config import AcceptParams

from .conftest import as_painted


def word(name: str, grey: int = 90, height: int = 20, label: str = "OPEN", **facts: Any) -> Word:
    image = encode_png(np.full((height, 40, 3), grey, np.uint8))
    return Word(name, image, label, (40, height), "s", {"scene": "s/a.png", "contrast": 0.5, "clipped": 0.0, **facts})


def painted(folder: Path, *words: Word) -> WordLmdb:
    with WordWriter(folder / "painted") as writer:
        for each in words:
            writer.add(each)
        writer.reject(Rejection("s/a.png", "s/a.png#0.9", "no_font", "for '域'"))
        writer.finish({"painter": "noise"})
    return WordLmdb.at(folder / "painted")


def kept_of(words: WordLmdb, here: Execution, **params: Any) -> WordLmdb:
    """Everything is read as it was painted."""
    return accept(words, as_painted(words, here.work), AcceptParams(**params), here)


@pytest.mark.parametrize(
    ("tried", "reason"),
    [
        (word("x"), ""),
        (word("x", contrast=0.12, clipped=0.9, height=10), ""),
        (word("x", contrast=0.119), "low_contrast"),
        (word("x", clipped=0.91), "clipped"),
        (word("x", height=9), "too_small"),
        (word("x", contrast=0.0, clipped=1.0, height=9), "low_contrast"),
    ],
)
def test_a_word_is_kept_or_says_why_not(tried: Word, reason: str, tmp_path: Path, here: Execution) -> None:
    words = kept_of(painted(tmp_path, word("first", grey=1), tried), here)
    kept, turned_away = [each.id for each in words], {r.record: r.reason for r in words.rejections()}
    assert kept == (["first"] if reason else ["first", "x"])
    assert turned_away == {"s/a.png#0.9": "no_font"} | ({"x": reason} if reason else {})


def test_the_same_picture_with_the_same_label_is_kept_once(tmp_path: Path, here: Execution) -> None:
    words = kept_of(painted(tmp_path, word("a"), word("b"), word("c", label="SHUT"), word("d", grey=91)), here)
    assert [each.id for each in words] == ["a", "c", "d"]
    assert words.manifest.rejected == {"no_font": 1, "duplicate": 1}


def test_a_word_turned_away_makes_no_duplicate_of_the_next(tmp_path: Path, here: Execution) -> None:
    words = kept_of(painted(tmp_path, word("dull", contrast=0.0), word("clear")), here)
    assert [each.id for each in words] == ["clear"]


def test_words_keep_their_pictures_and_rows(tmp_path: Path, here: Execution) -> None:
    before = painted(tmp_path, word("a", quad=[1.0, 2.0], font="Lato", run="7"))
    after = kept_of(before, here)
    assert list(after) == list(before)
    assert after.manifest.made == {"painted": 1, "painter": "noise"}
    assert kept_of(before, here) == after


def test_limits_are_parameters_and_none_left_is_an_empty_set(tmp_path: Path, here: Execution) -> None:
    before = painted(tmp_path, word("a"), word("b", grey=3))
    assert len(kept_of(before, here, min_contrast=0.6)) == 0
    assert len(kept_of(before, here, min_height=21)) == 0
    assert len(kept_of(before, here)) == 2


@pytest.mark.parametrize(
    ("said", "match", "reason"),
    [
        ({"reading": "OPEN"}, "exact", ""),
        ({"reading": "Open"}, "exact", "misread"),
        ({"reading": "Open"}, "case", ""),
        ({"reading": "open!"}, "case", "misread"),
        ({"reading": "open!"}, "alnum", ""),
        ({"reading": "pen"}, "alnum", "misread"),
        ({"reading": "pen"}, "none", ""),
        ({"confidence": 0.5}, "exact", ""),
        ({"confidence": 0.49}, "exact", "uncertain"),
        ({"confidence": 0.49}, "none", ""),
        ({"reading": "", "confidence": 0.0, "reason": "word_too_large"}, "alnum", "unread"),
    ],
)
def test_a_word_has_to_be_read_as_painted(
    said: dict[str, Any], match: Any, reason: str, tmp_path: Path, here: Execution
) -> None:
    words = painted(tmp_path, word("first", grey=1), word("x"))
    kept = accept(words, as_painted(words, tmp_path, x=said), AcceptParams(match=match, min_confidence=0.5), here)
    assert [each.id for each in kept] == (["first"] if reason else ["first", "x"])
    assert {each.record: each.reason for each in kept.rejections()}.get("x", "") == reason


def test_readings_of_other_words_are_refused(tmp_path: Path, here: Execution) -> None:
    ours, theirs = painted(tmp_path, word("a")), painted(tmp_path / "other", word("b"))
    with pytest.raises(ValueError, match="a is the word, and b was read"):
        accept(ours, as_painted(theirs, tmp_path), AcceptParams(), here)


def test_a_reader_that_misreads_most_is_pointed_at(
    tmp_path: Path, here: Execution, caplog: pytest.LogCaptureFixture
) -> None:
    words = painted(tmp_path, word("a"))
    accept(words, as_painted(words, tmp_path, a={"reading": "?"}), AcceptParams(), here)
    assert "1 words are read otherwise than they were painted, 0 are kept" in caplog.text
