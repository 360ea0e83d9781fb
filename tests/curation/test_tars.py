"""Tars of other people: what is hostile in them is refused by name, and nothing leaves or fills the target."""

from __future__ import annotations

import io
import tarfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from str_pipelines.curation import tars
from str_pipelines.curation.arguments import main
from str_pipelines.curation.tar_members import members
from str_pipelines.sources.tar_headers import BLOCK
from tests.curation.samples import picture, run
from tests.making import foreign


def tar_of(path: Path, entries: list[tuple[str | tarfile.TarInfo, bytes]], format: int = tarfile.PAX_FORMAT) -> Path:
    with tarfile.open(path, "w", format=format) as file:
        for name, data in entries:
            member = tarfile.TarInfo(name) if isinstance(name, str) else name
            member.size = len(data)
            file.addfile(member, io.BytesIO(data))
    return path


def linked(name: str, kind: bytes) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, "/etc/passwd"
    return member


def test_any_layout_of_the_field_is_read(tmp_path: Path) -> None:
    long = "d" * 150 + "/" + "e" * 120
    folder = linked("x", tarfile.DIRTYPE)
    entries = [
        (folder, b""), ("x/1.png", picture(1)), ("x/1.txt", "Größe\n".encode()), ("x/1.cls", b"7"),
        (f"{long}.JPG", picture(2, "JPEG")), (f"{long}.json", b'{"label": "two", "font": "a"}'),
        ("3.v2.webp", picture(3, "WEBP")), ("3.txt", b"three"),
    ]  # fmt: skip
    for format in (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT):
        made = run("convert", tar_of(tmp_path / f"{format}.tar", entries, format), tmp_path / str(format))
        assert [(word.id, word.label, word.facts) for word in made] == [
            ("x/1", "Größe", {"font": None}), (long, "two", {"font": "a"}), ("3", "three", {"font": None}),
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ([("../1.png", picture(1)), ("../1.txt", b"x")], "path_leaves_root"),
        ([("a/../../1.png", picture(1)), ("a/../../1.txt", b"x")], "path_leaves_root"),
        ([("/etc/1.png", picture(1)), ("/etc/1.txt", b"x")], "path_leaves_root"),
        ([(linked("1.png", tarfile.SYMTYPE), b""), ("1.txt", b"x")], "member_no_file"),
        ([(linked("1.png", tarfile.LNKTYPE), b""), ("1.txt", b"x")], "member_no_file"),
        ([(linked("1.png", tarfile.CHRTYPE), b""), ("1.txt", b"x")], "member_no_file"),
        ([(linked("1.png", tarfile.FIFOTYPE), b""), ("1.txt", b"x")], "member_no_file"),
        ([("1\n.png", picture(1)), ("1\n.txt", b"x")], "path_malformed"),
        ([("a" * 500 + ".png", picture(1)), ("a" * 500 + ".txt", b"x")], "path_too_long"),
        ([("1.png", picture(1)), ("1.png", picture(2)), ("1.txt", b"x")], "member_repeated"),
        ([("1.png", picture(1)), ("1.txt", b"x" * 70_000)], "file_too_large"),
        ([("1.txt", b"x")], "image_missing"),
        ([("1.png", picture(1))], "label_missing"),
        ([("1.png", picture(1)), ("1.json", b'{"label": 5}')], "label_missing"),
        ([("1.png", picture(1)), ("1.txt", b"\xff")], "label_not_text"),
        ([("1.png", b"no picture"), ("1.txt", b"x")], "image_unreadable"),
        ([("1.png", picture(1)), ("1.json", b"[" * 60_000)], "record_malformed"),
        ([("1.png", picture(1)), ("1.json", b'{"label": "x", "a": NaN}')], "record_malformed"),
        ([("1.png", picture(1)), ("1.json", b'{"label": "\\ud800"}')], "record_malformed"),
        ([("1.png", picture(1)), ("1.json", b'["x"]')], "record_malformed"),
        ([("1.png", picture(1)), ("1.json", b'{"label": "x", "id": 7}')], "record_malformed"),
    ],
)
def test_a_hostile_or_damaged_record_costs_only_itself(
    tmp_path: Path, entries: list[tuple[str | tarfile.TarInfo, bytes]], reason: str
) -> None:
    good = [("0.png", picture(0)), ("0.txt", b"good")]
    made = run("convert", tar_of(tmp_path / "a.tar", [*good, *entries]), tmp_path / "b")
    assert [word.label for word in made] == ["good"]
    assert {each.reason for each in made.rejections()} == {reason}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.tar", "b"]


def test_a_picture_that_says_it_is_huge_is_not_decoded(tmp_path: Path) -> None:
    bomb = bytearray(picture(0))
    bomb[16:24] = (4_000).to_bytes(4, "big") * 2
    bomb[29:33] = zlib.crc32(bomb[12:29]).to_bytes(4, "big")
    good = [("0.png", picture(0)), ("0.txt", b"good"), ("1.png", bytes(bomb)), ("1.txt", b"x")]
    made = run("convert", tar_of(tmp_path / "a.tar", good), tmp_path / "b")
    assert [each.reason for each in made.rejections()] == ["image_too_large"]
    entries = {b"num-samples": b"2", b"label-000000001": b"x", b"image-000000001": bytes(bomb)}
    entries |= {b"label-000000002": b"y", b"image-000000002": picture(2)}
    assert [each.reason for each in run("convert", foreign(tmp_path / "c", entries), tmp_path / "d").rejections()] == [
        "image_too_large"
    ]


def test_a_picture_file_above_the_limit_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tars, "IMAGE_BYTES", 200)
    entries = [("0.png", picture(0)), ("0.txt", b"good"), ("1.bmp", picture(1, "BMP")), ("1.txt", b"x")]
    made = run("convert", tar_of(tmp_path / "a.tar", entries), tmp_path / "b")
    assert [each.reason for each in made.rejections()] == ["file_too_large"]


@pytest.mark.parametrize("cut", [100, 700, 1400, 2100])
def test_a_cut_tar_is_refused_with_file_and_byte(tmp_path: Path, capsys: pytest.CaptureFixture[str], cut: int) -> None:
    tar = tar_of(tmp_path / "a.tar", [("1.bmp", picture(1, "BMP")), ("1.txt", b"x" * 900)], tarfile.USTAR_FORMAT)
    tar.write_bytes(tar.read_bytes()[:cut])
    assert main(["convert", str(tar), "--into", str(tmp_path / "b")]) == 1
    assert f"{tar}: byte " in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.tar"]


def test_headers_that_are_endless_or_sparse_are_refused() -> None:
    for name, type_, size in (
        ("x" * 9, tarfile.XHDTYPE, 1 << 20),
        ("s", b"S", 10),
        ("L", tarfile.GNUTYPE_LONGNAME, 1 << 20),
    ):
        member = tarfile.TarInfo(name)
        member.type, member.size = type_, size
        with pytest.raises(ValueError, match="byte "):
            list(members(io.BytesIO(member.tobuf(tarfile.USTAR_FORMAT) + bytes(1 << 21))))


@given(st.binary(max_size=3000), st.integers(0, 2500))
def test_whatever_the_bytes_the_walk_ends(data: bytes, at: int) -> None:
    """Every member lies within the file, or the file is refused."""
    member = tarfile.TarInfo("a" * 120 + "/1.png")
    member.size = 300
    tar = bytearray(member.tobuf(tarfile.PAX_FORMAT) + bytes(1024))
    tar[at : at + len(data)] = data
    try:
        found = list(members(io.BytesIO(bytes(tar))))
    except ValueError:
        return
    assert all(0 <= each.offset and each.offset + each.size <= len(tar) for each in found)


def test_pax_records_that_lie_are_refused() -> None:
    for record in (b"99 path=x\n", b"path=x\n", b"3 \n", b"16 size=-0000005\n", b"25 GNU.sparse.major=0.0\n"):
        member = tarfile.TarInfo("pax")
        member.type, member.size = tarfile.XHDTYPE, len(record)
        with pytest.raises(ValueError, match="byte "):
            list(members(io.BytesIO(member.tobuf(tarfile.USTAR_FORMAT) + record + bytes(BLOCK))))
