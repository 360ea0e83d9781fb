"""A list of pictures and labels is read as it was meant, and what cannot be used is named with its line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from str_pipelines.execution import Execution
from str_pipelines.records import Rejection
from str_pipelines.sources.labelled import LONGEST, Labelled
from str_pipelines.sources.word_config import TsvSource
from tests.sources.conftest import picture


def source(root: Path, listing: bytes, pictures: tuple[str, ...] = ("a.png", "b.png"), **options: Any) -> TsvSource:
    """A set of these pictures and this listing."""
    root.mkdir(exist_ok=True)
    (root / "labels.tsv").write_bytes(listing)
    for number, name in enumerate(pictures):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(picture(number))
    return TsvSource(kind="tsv", root=root, **options)


def read(config: TsvSource, here: Execution, limit: int | None = None) -> tuple[list[tuple[str, str]], list[Rejection]]:
    """(id, label) of the words, and the rejections."""
    words = Labelled(config, here, limit)
    found = list(words.words(range(len(words))))
    assert len(found) == len(words)
    return [f[:1] + f[2:3] for f in found if isinstance(f, tuple)], [f for f in found if isinstance(f, Rejection)]


@pytest.mark.parametrize(
    "listing",
    [
        b"a.png\tone\nb.png\ttwo\n",
        b"a.png\tone\nb.png\ttwo",
        b"a.png\tone\r\nb.png\ttwo\r\n",
        b"\xef\xbb\xbfa.png\tone\nb.png\ttwo\n",
        b"\n\na.png\tone\n\r\nb.png\ttwo\n\n",
    ],
    ids=["plain", "without the last end", "CRLF", "byte order mark", "empty lines"],
)
def test_marks_ends_and_empty_lines_are_no_part_of_a_label(listing: bytes, tmp_path: Path, here: Execution) -> None:
    assert read(source(tmp_path / "set", listing), here) == ([("a.png", "one"), ("b.png", "two")], [])


@pytest.mark.parametrize(
    "label", ['"quoted"', "'", " outer blanks ", "a,b;c", "caf\u00e9 \u65e5\u672c", "back\\slash", "\u2028", "x\ry"]
)
def test_a_label_is_kept_as_it_is_written(label: str, tmp_path: Path, here: Execution) -> None:
    listing = f"a.png\t{label}\n".encode()
    assert read(source(tmp_path / "set", listing), here) == ([("a.png", label)], [])


def test_everything_behind_the_first_tab_is_label(tmp_path: Path, here: Execution) -> None:
    assert read(source(tmp_path / "set", b"a.png\tone\ttwo\n"), here)[0] == [("a.png", "one\ttwo")]


def test_paths_may_have_blanks_and_folders(tmp_path: Path, here: Execution) -> None:
    names = ("my pictures/word 1.png", "\u00fc/b.png")
    listing = "".join(f"{name}\tword\n" for name in names).encode()
    assert read(source(tmp_path / "set", listing, names), here) == ([(name, "word") for name in names], [])


def test_blanks_may_separate_too(tmp_path: Path, here: Execution) -> None:
    config = source(tmp_path / "set", b"a.png one two\nb.png\ttwo\n", separator="blank")
    words, [fault] = read(config, here)
    assert words == [("a.png", "one two")] and (fault.reason, fault.record) == ("line_without_label", "line 2")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"a.png", "line_without_label"),
        (b"a.png one", "line_without_label"),
        (b"\tone", "path_malformed"),
        (b"c.png\tone", "image_missing"),
        (b"folder\tone", "image_missing"),
        (b"../outside.png\tone", "path_leaves_root"),
        (b"/etc/passwd\tone", "path_leaves_root"),
        (b"link.png\tone", "path_leaves_root"),
        (b"a.png\t\xff", "line_not_utf8"),
        (b"a\xff.png\tone", "line_not_utf8"),
        (b"a\x00.png\tone", "path_malformed"),
        (b"x" * 300 + b"\tone", "image_missing"),
        (b"x/" * 300 + b"\tone", "path_too_long"),
        (b"a.png\t" + b"x" * LONGEST, "line_too_long"),
        (b"a.png\t" + b"x" * 4 * LONGEST, "line_too_long"),
    ],
)
def test_a_line_that_cannot_be_used_costs_itself_alone(
    line: bytes, reason: str, tmp_path: Path, here: Execution
) -> None:
    (tmp_path / "set" / "folder").mkdir(parents=True)
    (tmp_path / "outside.png").write_bytes(picture())
    (tmp_path / "set" / "link.png").symlink_to(tmp_path / "outside.png")
    words, [fault] = read(source(tmp_path / "set", b"a.png\tone\n" + line + b"\nb.png\ttwo\n"), here)
    assert words == [("a.png", "one"), ("b.png", "two")]
    assert fault.reason == reason and fault.record.startswith("line 2")
    assert fault.source == str(tmp_path / "set" / "labels.tsv")


def test_a_picture_is_listed_once(tmp_path: Path, here: Execution) -> None:
    words, [fault] = read(source(tmp_path / "set", b"a.png\tone\nb.png\ttwo\na.png\tother\n"), here)
    assert words == [("a.png", "one"), ("b.png", "two")]
    assert (fault.reason, fault.record) == ("listed_before", "line 3: a.png") and "line 1" in fault.detail


def test_faults_of_the_same_look_are_each_listed(tmp_path: Path, here: Execution) -> None:
    _, faults = read(source(tmp_path / "set", b"nothing\nnothing\n"), here)
    assert [(fault.record, fault.reason) for fault in faults] == [
        ("line 1", "line_without_label"),
        ("line 2", "line_without_label"),
    ]


def test_a_limit_counts_lines_that_say_something(tmp_path: Path, here: Execution) -> None:
    assert read(source(tmp_path / "set", b"\na.png\tone\nb.png\ttwo\n"), here, 1) == ([("a.png", "one")], [])


def test_a_list_of_nothing_is_nothing(tmp_path: Path, here: Execution) -> None:
    assert read(source(tmp_path / "set", b"\xef\xbb\xbf\n"), here) == ([], [])


def test_a_missing_list_is_named(tmp_path: Path, here: Execution) -> None:
    with pytest.raises(FileNotFoundError, match=r"labels\.tsv is missing; ingest\.words\.read\.source\.root"):
        Labelled(TsvSource(kind="tsv", root=tmp_path), here)


def test_a_change_of_list_or_picture_is_seen_and_a_second_look_is_none(tmp_path: Path, here: Execution) -> None:
    config = source(tmp_path / "set", b"a.png\tone\nb.png\ttwo\n")
    digests = [Labelled(config, here).digest, Labelled(config, here).digest]
    (tmp_path / "set" / "b.png").write_bytes(picture(9, (31, 50)))
    digests.append(Labelled(config, here).digest)
    (tmp_path / "set" / "labels.tsv").write_bytes(b"a.png\tone\nb.png\tother\n")
    os.utime(tmp_path / "set" / "labels.tsv", (1, 1))
    digests.append(Labelled(config, here).digest)
    assert digests[0] == digests[1] and len(set(digests)) == 3
