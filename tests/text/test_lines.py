"""Files as people save them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from str_pipelines.text.lines import read_lines

LINE = st.text(st.characters(exclude_characters="\r\n\ufeff", exclude_categories=["Cs"]))


@given(lines=st.lists(LINE), end=st.sampled_from(["\n", "\r\n", "\r"]), bom=st.sampled_from([b"", b"\xef\xbb\xbf"]))
def test_lines_of_all_planes_survive(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], end: str, bom: bytes
) -> None:
    path = tmp_path_factory.mktemp("lines") / "lines.txt"
    path.write_bytes(bom + "".join(line + end for line in lines).encode())
    while lines and not lines[-1]:
        lines = lines[:-1]
    assert read_lines(path, 1_000_000) == lines


def test_the_last_line_needs_no_end(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"one\n\ntwo")
    assert read_lines(tmp_path / "a", 100) == ["one", "", "two"]


def test_a_file_at_the_limit_is_read_and_one_above_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    assert read_lines(tmp_path / "a", 5) == ["12345"]
    with pytest.raises(ValueError, match="larger than 4 bytes"):
        read_lines(tmp_path / "a", 4)


def test_an_endless_file_is_refused_without_reading_it() -> None:
    if not Path("/dev/zero").exists():
        pytest.skip("no /dev/zero on this machine")
    with pytest.raises(ValueError, match="larger than 10 bytes"):
        read_lines(Path("/dev/zero"), 10)


@pytest.mark.parametrize("content", ["café".encode("latin-1"), "ab".encode("utf-16")])
def test_another_encoding_is_named_with_its_place(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(ValueError, match=r"not UTF-8 \(byte [03]\)"):
        read_lines(tmp_path / "a", 100)


def test_a_missing_file_and_a_folder_are_no_files(tmp_path: Path) -> None:
    for path in (tmp_path / "absent", tmp_path):
        with pytest.raises(FileNotFoundError, match="no such file"):
            read_lines(path, 100)
