"""Charsets by name and by file, over all planes of Unicode."""

from __future__ import annotations

import pickle
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from str_pipelines.text.charsets import CHARSETS, FILE_LIMIT, Charset, load_charset

CHARACTER = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff")
CHARACTERS = st.lists(CHARACTER, min_size=1, max_size=60, unique=True).map("".join)

CCD_36 = "abcdefghijklmnopqrstuvwxyz1234567890"


def written(folder: Path, content: str | bytes, name: str = "charset.txt") -> str:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


def test_the_named_charsets_have_parseqs_order() -> None:
    assert {name: len(charset) for name, charset in CHARSETS.items()} == {"36": 36, "62": 62, "94": 94}
    assert load_charset("36").characters == "0123456789abcdefghijklmnopqrstuvwxyz"
    assert load_charset("94").characters.startswith(load_charset("62").characters)
    assert load_charset("62").characters.startswith(load_charset("36").characters)
    assert load_charset("94").characters.endswith("Z!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
    assert sorted(load_charset("94").characters) == [chr(code) for code in range(0x21, 0x7F)]


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(ValueError, match="'93'.*did you mean '94'"):
        load_charset("93")


def test_a_path_that_leads_nowhere_is_a_missing_file(tmp_path: Path) -> None:
    for path in ("charset_36.txt", str(tmp_path / "charset"), str(tmp_path)):
        with pytest.raises(FileNotFoundError, match="no such file"):
            load_charset(path)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
@given(characters=CHARACTERS, form=st.sampled_from(["a line each", "one line", "from 0", "from 1"]))
def test_every_form_of_file_gives_its_characters(
    tmp_path_factory: pytest.TempPathFactory, end: str, bom: str, characters: str, form: str
) -> None:
    lines = {
        "a line each": list(characters),
        "one line": [characters],
        "from 0": [f"{index}\t{character}" for index, character in enumerate(characters)],
        "from 1": [f"{index}\t{character}" for index, character in enumerate(characters, start=1)],
    }[form]
    path = written(tmp_path_factory.mktemp("charset"), bom + "".join(line + end for line in lines))
    assert load_charset(path) == Charset("charset.txt", characters)


def test_ccds_file_keeps_its_own_order(tmp_path: Path) -> None:
    content = "".join(f"{index}\t{character}\n" for index, character in enumerate(CCD_36))
    charset = load_charset(written(tmp_path, content, "charset_36.txt"))
    assert (charset.characters, charset.index("a"), charset.index("0")) == (CCD_36, 0, 35)
    assert charset.digest != load_charset("36").digest


def test_a_file_with_an_extensionless_name_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, "xyz", "letters")
    written(tmp_path, "xyz", "36")
    assert load_charset("letters").characters == load_charset("./36").characters == "xyz"
    assert load_charset("36") is CHARSETS["36"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "empty"),
        ("\n\n", "empty"),
        ("a\nb\na\n", "line 3: 'a' is there already, on line 1"),
        ("aba", "line 1: 'a' is there already"),
        ("a\n\nb\n", "line 2: should be one character, is ''"),
        ("a\nbc\n", "line 2: should be one character, is 'bc'"),
        ("e\u0301\nb\n", r"line 1: .*2 code points"),
        ("a\n\x00\n", "line 2: .*control character"),
        ("ab\ufeffc", "line 1: .*byte order mark"),
        ("0\ta\n1\tb\n3\tc\n", "line 3: should be 2, a tab"),
        ("0\ta\n0\tb\n", "line 2: should be 1, a tab"),
        ("2\ta\n3\tb\n", "line 1: should be 0, a tab"),
        ("0\ta\nb\n", "line 2: should be 1, a tab"),
        ("0\ta\n１\tb\n", "line 2: should be 1, a tab"),
        ("0\ta\n1\t<UKN>\n", "line 2: should be one character, is '<UKN>'"),
        ("0\ta\n1\t\n", "line 2: should be one character, is ''"),
        ("1\ta\n2\ta\n", "line 2: 'a' is there already, on line 1"),
    ],
)
def test_a_wrong_file_is_refused_with_its_name_and_line(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"charset.txt.*{message}"):
        load_charset(written(tmp_path, content))


def test_a_large_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="larger than"):
        load_charset(written(tmp_path, b"a" * (FILE_LIMIT + 1)))


def test_all_ideographs_of_unicode_fit_into_a_file(tmp_path: Path) -> None:
    ideographs = "".join(c for c in map(chr, range(0x3400, 0x32000)) if unicodedata.category(c) == "Lo")
    assert load_charset(written(tmp_path, ideographs)).characters == ideographs


@given(characters=CHARACTERS, text=st.text(CHARACTER))
def test_membership_and_index_agree(characters: str, text: str) -> None:
    charset = Charset("some", characters)
    assert [charset.index(character) for character in characters] == list(range(len(charset)))
    assert charset.covers(text) == all(character in charset for character in text) == (not charset.missing(text))
    assert set(charset.missing(text)) == set(text) - set(characters)


def test_missing_names_each_character_once_in_order() -> None:
    assert CHARSETS["36"].missing("Zoë's ZOO") == "Zë' O"
    assert CHARSETS["36"].missing("") == ""


def test_only_single_characters_are_members() -> None:
    assert "a" in CHARSETS["36"]
    assert not any(other in CHARSETS["36"] for other in ("ab", "", "A", 1, None))
    with pytest.raises(ValueError, match="charset 36 has no 'ab'"):
        CHARSETS["36"].index("ab")


@pytest.mark.parametrize("characters", ["", "aba"])
def test_a_charset_has_characters_and_each_once(characters: str) -> None:
    with pytest.raises(ValueError, match="each of them once"):
        Charset("bad", characters)


def test_the_digest_is_of_the_characters_alone() -> None:
    assert Charset("x", "ab").digest == Charset("y", "ab").digest != Charset("x", "ba").digest
    assert Charset("x", "ab").digest == "fb8e20fc2e4c3f248c60c39bd652f3c1347298bb977b8b4d5903b85055620603"


def test_a_charset_travels_between_processes() -> None:
    charset = Charset("x", "añ\U0001f600")
    assert charset.index("ñ") == 1
    assert pickle.loads(pickle.dumps(charset)) == charset  # noqa: S301
