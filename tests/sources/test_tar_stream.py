"""A hostile or damaged tar costs its own record, or is refused with file and byte; nothing is written anywhere."""

from __future__ import annotations

import gzip
import io
import random
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from str_pipelines.execution import Execution
from str_pipelines.records import Rejection
from str_pipelines.sources import mj_index, tar_stream
from str_pipelines.sources.mj_archive import MjArchive
from str_pipelines.sources.tar_stream import opened_tar
from str_pipelines.sources.word_config import MjSource
from tests.sources.conftest import picture

IMAGE = picture()
INNER = "mnt/ramdisk/max/90kDICT32px"
LISTED = ("1/1/1_good_0.jpg", "1/1/2_evil_1.jpg", "1/1/3_Fine_2.jpg")


def member(name: str, data: bytes = IMAGE, kind: bytes = tarfile.REGTYPE, **said: Any) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size, info.type = len(data), kind
    for key, value in said.items():
        setattr(info, key, value)
    return info, data


def packed(path: Path, *evil: tuple[tarfile.TarInfo, bytes], form: int = tarfile.GNU_FORMAT) -> Path:
    """An archive with two good pictures and some members between them."""
    lines = "".join(f"./{name} {number}\n" for number, name in enumerate(LISTED)).encode()
    good, fine = (member(f"{INNER}/{name}") for name in (LISTED[0], LISTED[2]))
    listings = [
        member(f"{INNER}/annotation_{split}.txt", lines if split == "train" else b"") for split in mj_index.SPLITS
    ]
    with tarfile.open(path, "w:gz", format=form) as tar:
        for info, data in (good, *evil, fine, *listings):
            tar.addfile(info, io.BytesIO(data))
    return path


def read(path: Path, here: Execution) -> tuple[list[str], set[tuple[str, str]]]:
    source = MjArchive(MjSource(kind="mj", root=path), here)
    found = list(source.words(range(len(source))))
    words = [each[2] for each in found if not isinstance(each, Rejection)]
    return words, {(each.record, each.reason) for each in found if isinstance(each, Rejection)}


EVIL = LISTED[1]
HOSTILE = {
    "absolute": (member(f"/{EVIL}"), "path_leaves_root"),
    "upwards": (member(f"../../{EVIL}"), "path_leaves_root"),
    "upwards inside": (member(f"{INNER}/../../{EVIL}"), "path_leaves_root"),
    "link out": (member(f"{INNER}/{EVIL}", b"", tarfile.SYMTYPE, linkname="/etc/passwd"), "member_no_file"),
    "hard link": (member(f"{INNER}/{EVIL}", b"", tarfile.LNKTYPE, linkname="../../secret"), "member_no_file"),
    "device": (member(f"{INNER}/{EVIL}", b"", tarfile.BLKTYPE), "member_no_file"),
    "pipe": (member(f"{INNER}/{EVIL}", b"", tarfile.FIFOTYPE), "member_no_file"),
    "drive letter": (member(f"C:\\{INNER}\\{EVIL}"), "not_listed"),
    "very long name": (member("1/1/" + "x" * 5000 + ".jpg"), "not_listed"),
    "newline": (member(f"{INNER}/1/1/2_ev\nil_1.jpg"), "not_listed"),
    "case clash": (member(f"{INNER}/{EVIL.upper()}"), "not_listed"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_member_costs_itself_alone(what: str, tmp_path: Path, here: Execution) -> None:
    evil, reason = HOSTILE[what]
    words, rejected = read(packed(tmp_path / "mj.tar.gz", evil), here)
    assert words == ["good", "Fine"]
    assert reason in {each for _, each in rejected}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mj.tar.gz", "work"]


def test_a_member_that_comes_twice_is_taken_once(tmp_path: Path, here: Execution) -> None:
    evil = member(f"{INNER}/{EVIL}")
    words, rejected = read(packed(tmp_path / "mj.tar.gz", evil, evil), here)
    assert words == ["good", "evil", "Fine"] and rejected == {(EVIL, "member_repeated")}


def test_a_picture_too_large_to_be_one(tmp_path: Path, here: Execution, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mj_index, "IMAGE_BYTES", 50_000)
    evil = member(f"{INNER}/{EVIL}", random.Random(0).randbytes(60_000))
    assert read(packed(tmp_path / "mj.tar.gz", evil), here) == (["good", "Fine"], {(EVIL, "file_too_large")})


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT, tarfile.USTAR_FORMAT])
def test_every_form_of_tar_is_read(form: int, tmp_path: Path, here: Execution) -> None:
    deep = member(f"{'deep/' * 20}{EVIL}", mtime=1)
    deep[0].pax_headers = {"comment": "of a tool", "mtime": "1.5"}
    assert read(packed(tmp_path / "mj.tar.gz", deep, form=form), here) == (["good", "evil", "Fine"], set())


def test_one_that_is_not_compressed_is_read_too(tmp_path: Path, here: Execution) -> None:
    packed(tmp_path / "mj.tar.gz", member(f"{INNER}/{EVIL}"))
    (tmp_path / "mj.tar").write_bytes(gzip.decompress((tmp_path / "mj.tar.gz").read_bytes()))
    assert read(tmp_path / "mj.tar", here) == (["good", "evil", "Fine"], set())


def spoilt(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    """Change what is inside of the gzip."""
    return lambda path: path.write_bytes(gzip.compress(change(gzip.decompress(path.read_bytes())))) and None


DAMAGED: dict[str, tuple[Callable[[Path], Any], str]] = {
    "cut": (lambda path: path.write_bytes(path.read_bytes()[:-900]), "end-of-stream|ends where"),
    "no tar": (spoilt(lambda data: random.Random(0).randbytes(5000)), "byte 0: no header of a tar"),
    "a text": (lambda path: path.write_bytes(b"not a tar" * 100), "byte 0: no header of a tar"),
    "nothing": (lambda path: path.write_bytes(b""), "byte 0: it ends"),
    "a bomb": (spoilt(lambda data: resized(data, "00040000000") + bytes(1 << 23)), "more than 200 times its size"),
    "size beyond the end": (spoilt(lambda data: resized(data, "77777777777")), "ends where"),
    "endless header": (spoilt(lambda data: resized(data, "00000777777", b"L")), "a header of 262143 bytes"),
    "bits of gzip": (lambda path: path.write_bytes(flipped(path.read_bytes())), ""),
}


def resized(data: bytes, size: str, kind: bytes = b"0") -> bytes:
    """The first header with another size and type, and the sum that belongs to it."""
    block = bytearray(data[:512])
    block[124:136], block[156:157], block[148:156] = size.encode() + b"\0", kind, b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block) + data[512:]


def flipped(data: bytes) -> bytes:
    half = len(data) // 2
    return data[:half] + bytes(255 - byte for byte in data[half : half + 40]) + data[half + 40 :]


@pytest.mark.parametrize("what", DAMAGED)
def test_a_damaged_archive_is_refused_by_name(
    what: str, tmp_path: Path, here: Execution, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tar_stream, "SLACK", 1 << 20)
    damage, said = DAMAGED[what]
    path = packed(tmp_path / "mj.tar.gz")
    damage(path)
    with pytest.raises(ValueError, match=rf"mj\.tar\.gz: no tar that can be read \(.*({said})"):
        read(path, here)


def test_headers_changed_anywhere_are_refused_or_harmless(tmp_path: Path) -> None:
    path, rng = packed(tmp_path / "mj.tar.gz", member(f"{INNER}/{EVIL}")), random.Random(0)
    data = gzip.decompress(path.read_bytes())
    refused = 0
    for _ in range(300):
        place = rng.randrange(512) + 512 * rng.choice([0, 1, 2, 3, 20])
        (tmp_path / "mj.tar").write_bytes(data[:place] + rng.randbytes(rng.choice([1, 4, 40])) + data[place + 40 :])
        try:
            with opened_tar(tmp_path / "mj.tar") as stream:
                assert sum(len(stream.read(1 << 20)) for _ in stream) < len(data)
        except ValueError as error:
            refused += "mj.tar: " in str(error)
    assert refused > 100
