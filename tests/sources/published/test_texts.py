"""Listings of every kind are limited before they are read, and what is wrong with them is said with file and line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from str_pipelines.records import Rejection
from str_pipelines.sources.published import texts
from str_pipelines.sources.published.entry import listed_files
from str_pipelines.sources.published.icdar_words import LINE, unquoted
from str_pipelines.sources.published.texts import lines, read_json, read_xml

BOMB = '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><a>&b;</a>'
FILE = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BOMB, "xml:1: a document type is declared"),
        (f"<?xml version='1.0'?>\n{FILE}", "xml:2: a document type is declared"),
        (f"<?xml version='1.0' encoding='utf-16'?>{BOMB}", "xml:1: a document type is declared"),
        ("<a>\n&b;</a>", r"xml:2: not XML \(undefined entity"),
        ("<a>\n<b>\n</a>", r"xml:3: not XML \(mismatched tag"),
        ("", "xml:1: not XML"),
        ("<?xml version='1.0' encoding='UTF18'?><a/>", "xml:1: unknown encoding"),
        ("<?xml version='1.0' encoding='big5'?><a/>", "xml:1: multi-byte encodings"),
        ("<a>" * 60 + "</a>" * 60, "xml:1: nested too deep"),
        ("<a>" * 100_000, "xml:1: nested too deep"),
    ],
)
def test_hostile_or_damaged_xml_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "list.xml"
    path.write_text(text, encoding="utf-16" if "utf-16" in text else "utf-8")
    with pytest.raises(ValueError, match=said):
        read_xml(path)


def test_xml_says_its_encoding(tmp_path: Path) -> None:
    path = tmp_path / "list.xml"
    path.write_text(
        "<?xml version='1.0' encoding='ISO-8859-1'?><a><tag>caf\xe9 &amp; more</tag></a>", encoding="latin-1"
    )
    assert read_xml(path).findtext("tag") == "café & more"


@pytest.mark.parametrize("read", [read_xml, read_json, lambda path: list(lines(path))])
def test_a_file_that_is_too_large_or_missing_is_not_read(
    read: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit in ("TEXT_BYTES", "JSON_BYTES", "XML_BYTES"):
        monkeypatch.setattr(texts, limit, 100)
    path = tmp_path / "list"
    with pytest.raises(FileNotFoundError, match="list is missing"):
        read(path)
    path.write_bytes(b"x" * 101)
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("it was read"))
    with pytest.raises(ValueError, match="list has more than 100 bytes"):
        read(path)


@pytest.mark.parametrize("data", [b'{"a": ', b'{"a": NaN}', b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_json_is_named(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "list.json"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"list\.json: (not JSON|no UTF-8)"):
        read_json(path)


def test_lines_are_told_from_one_another_and_numbered(tmp_path: Path) -> None:
    path = tmp_path / "gt.txt"
    path.write_bytes(b"\xef\xbb\xbfone\r\n\r\n  \ntw\xc3\xb6\nth\xffree\n" + b"x" * (texts.LINE + 1) + b"\nsix ")
    found = list(lines(path))
    assert [each for each in found if not isinstance(each, Rejection)] == [(1, "one"), (4, "twö"), (7, "six ")]
    assert [(each.record, each.reason) for each in found if isinstance(each, Rejection)] == [
        ("line 5", "line_not_utf8"), ("line 6", "line_too_long"),
    ]  # fmt: skip


def test_files_stand_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for name in ("gt_img_10.txt", "gt_img_9.txt", "gt_img_1.txt", "other.txt", "gt_²_1.txt"):
        (tmp_path / name).touch()
    names = [path.name for path in listed_files(tmp_path, "none*.txt|gt_*.txt")]
    assert names[:3] == ["gt_img_1.txt", "gt_img_9.txt", "gt_img_10.txt"] and len(names) == 4
    with pytest.raises(FileNotFoundError, match=r"a\.txt or b\.txt is missing"):
        listed_files(tmp_path, "a.txt|b.txt")


@given(st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp"))))
def test_quotes_come_off_as_they_were_put_on(label: str) -> None:
    escaped = label.replace("\\", "\\\\").replace('"', r"\"")
    match = LINE.fullmatch(f'word_1.png, "{escaped}"')
    assert match and unquoted(match[2]) == label
