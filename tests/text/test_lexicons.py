"""The bundled lexicon and a user's own."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from str_pipelines.text import lexicons
from str_pipelines.text.lexicons import BUNDLED, by_length, lexicon_digest, load_lexicon

WORD = st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"], exclude_characters="\ufeff")
WORDS = st.lists(st.text(WORD, min_size=1))


def written(folder: Path, content: str) -> Path:
    (folder / "words.txt").write_bytes(content.encode())
    return folder / "words.txt"


def test_the_bundled_words_are_what_their_readme_says() -> None:
    words = load_lexicon()
    assert all(word.isascii() and word.isalpha() and len(word) <= 25 for word in words)
    assert [word for word in words if len(word) == 1] == ["I", "a"]
    assert list(words) == sorted(set(words))
    readme = BUNDLED.with_name("README.md").read_text(encoding="utf-8")
    assert f"holds {len(words):,} English words" in readme
    assert hashlib.sha256(BUNDLED.read_bytes()).hexdigest() in readme


def test_the_bundled_words_are_common_ones_and_their_terms_come_along() -> None:
    words = set(load_lexicon())
    assert {"the", "hotel", "parking", "center", "London", "Monday", "coffee"} <= words
    assert "Copyright 2000-2018 by Kevin Atkinson" in BUNDLED.with_name("SCOWL_COPYRIGHT").read_text(encoding="utf-8")


@given(words=WORDS.filter(bool), end=st.sampled_from(["\n", "\r\n"]), bom=st.sampled_from(["", "\ufeff"]))
def test_words_of_all_planes_survive(
    tmp_path_factory: pytest.TempPathFactory, words: list[str], end: str, bom: str
) -> None:
    path = written(tmp_path_factory.mktemp("lexicon"), bom + "".join(word + end for word in words))
    assert load_lexicon(str(path)) == tuple(dict.fromkeys(words))


def test_blanks_and_duplicates_are_skipped_and_case_counts(tmp_path: Path) -> None:
    assert load_lexicon(written(tmp_path, "\ufeff zoo\r\n\r\nape\r\n \r\nzoo\r\nZoo")) == ("zoo", "ape", "Zoo")


@pytest.mark.parametrize(
    ("content", "message"),
    [("", "no word"), (" \n\n", "no word"), ("one\nthe\t23135851162\n", "line 2: should be one word, is 'the")],
)
def test_a_wrong_file_is_refused_with_its_name(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"words.txt.*{message}"):
        load_lexicon(written(tmp_path, content))


def test_a_large_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexicons, "FILE_LIMIT", 10)
    assert load_lexicon(written(tmp_path, "ninechars\n")) == ("ninechars",)
    with pytest.raises(ValueError, match="larger than 10 bytes"):
        load_lexicon(written(tmp_path, "ten--chars\n"))


@given(words=WORDS)
def test_groups_hold_every_word_under_its_length_in_order(words: list[str]) -> None:
    groups = by_length(words)
    assert list(groups) == sorted({len(word) for word in words})
    assert all(groups[length] == tuple(word for word in words if len(word) == length) for length in groups)


def test_the_digest_tells_words_order_and_borders_apart() -> None:
    lists = [("ab", "c"), ("c", "ab"), ("a", "bc"), ("abc",), ()]
    assert len({lexicon_digest(words) for words in lists}) == len(lists)
    assert lexicon_digest(load_lexicon()) == hashlib.sha256(BUNDLED.read_bytes()).hexdigest()


def test_the_text_room_imports_nothing_heavy() -> None:
    code = (
        "import sys; import str_pipelines.text.normalisers, str_pipelines.text.lexicons;"
        "heavy = {'numpy', 'torch', 'pandas', 'cv2', 'PIL', 'pydantic', 'kedro', 'mlflow'} & set(sys.modules);"
        "sys.exit(f'imported {sorted(heavy)}' if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
