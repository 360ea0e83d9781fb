"""Damage of any kind is found, and reading it never kills the process."""

from __future__ import annotations

import os
import random
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from str_pipelines.records import Rejection
from str_pipelines.storage.folders import link_tree
from str_pipelines.storage.handles import Handle
from str_pipelines.storage.manifests import write_manifest
from str_pipelines.storage.rows import Rows, RowsWriter
from str_pipelines.storage.verify import _records_apart, verify
from str_pipelines.storage.words import WordLmdb
from tests.making import entries_of, foreign, made_scenes, made_words, resealed, sharded_words


def reasons(handle: Handle) -> set[str]:
    return {rejection.reason for rejection in verify(handle)}


def damage(path: Path, at: int, byte: bytes = b"") -> None:
    """Change one byte of a file, keeping its times as a failing disk would."""
    stat, data = path.stat(), bytearray(path.read_bytes())
    data[at : at + 1] = byte or bytes([data[at] ^ 16])
    path.unlink()
    path.write_bytes(data)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


class Killing(WordLmdb):
    """Reading it is deadly, as it is where a library trusts what it reads."""

    def read_digests(self) -> Iterator[bytes | None]:
        os.kill(os.getpid(), signal.SIGBUS)
        yield None


def plain_rows(folder: Path) -> Rows:
    with RowsWriter(folder) as writer:
        for number in range(50):
            writer.add({"n": number, "text": f"text {number}"})
        writer.finish()
    return Rows.at(folder)


@pytest.mark.parametrize("make", [made_words, made_scenes, sharded_words, plain_rows])
def test_what_is_whole_has_nothing_to_say(tmp_path: Path, make: Callable[[Path], Handle]) -> None:
    handle = make(tmp_path / "set")
    assert list(verify(handle)) == []


def test_a_changed_picture_is_named_by_its_number(tmp_path: Path) -> None:
    words = made_words(tmp_path / "words")
    image = words[12].image
    damage(words.path / "data.mdb", (words.path / "data.mdb").read_bytes().index(image[:64]) + 5)
    assert list(verify(words)) == [
        Rejection(str(words.path / "data.mdb"), "", "file_differs", "its CRC-32 is not the manifest's"),
        Rejection(str(words.path), "13", "record_differs", "it does not read as it was written"),
    ]


@pytest.mark.parametrize("flips", [3, pytest.param(40, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", ["data.mdb", "records.parquet", "digests.bin"])
def test_every_flipped_bit_is_found(tmp_path: Path, name: str, flips: int) -> None:
    """Wherever it is, in values, in keys or in the fields of pages; this process is alive afterwards."""
    words, rng = made_words(tmp_path / "words", range(40)), random.Random(flips)
    for number in range(flips):
        link_tree(words.path, copy := tmp_path / str(number))
        damage(copy / name, rng.randrange((copy / name).stat().st_size))
        assert "file_differs" in reasons(WordLmdb.at(copy))
    assert reasons(words) == set()


def test_a_page_that_would_kill_its_reader_is_reported(tmp_path: Path) -> None:
    data = made_words(tmp_path / "words", range(40)).path / "data.mdb"
    node = data.read_bytes().index(b"\x01\x00\x0f\x00image-")  # one whose value lies in pages of its own
    damage(data, node - 1, b"\xff")  # the size of the value: 4 GB
    found = [(each.reason, each.detail) for each in verify(WordLmdb.at(data.parent))]
    assert [reason for reason, _ in found] == ["file_differs", "records_unreadable"]
    assert f"{data} is damaged: page" in found[1][1] and "beyond the end of the file" in found[1][1]


def test_a_reader_that_is_killed_all_the_same_is_reported(tmp_path: Path) -> None:
    words = made_words(tmp_path / "words")
    damage(words.path / "data.mdb", 9000)
    [rejection] = _records_apart(Killing, words.path)
    assert (rejection.reason, rejection.detail[:18]) == ("records_unreadable", "BrokenProcessPool:")


@pytest.mark.parametrize("name", ["records.parquet", "digests.bin", "rejections.parquet"])
def test_a_file_that_is_gone_is_missed(tmp_path: Path, name: str) -> None:
    words = sharded_words(tmp_path)
    (words.folders()[1] / name).unlink()
    assert "file_missing" in reasons(words)


def test_a_cut_file_a_lost_shard_and_a_lost_manifest_are_found(tmp_path: Path) -> None:
    words = sharded_words(tmp_path)
    with (words.folders()[1] / "data.mdb").open("r+b") as file:
        file.truncate(8192)
    assert reasons(words) == {"file_differs", "records_unreadable"}
    shutil.rmtree(words.folders()[0])
    assert reasons(words) == {"file_differs", "file_missing", "records_unreadable"}
    (words.path / "manifest.json").unlink()
    assert reasons(words) == {"folder_differs"}


def test_a_record_that_was_written_wrong_is_found_without_sums(tmp_path: Path) -> None:
    words, other = made_words(tmp_path / "words"), made_words(tmp_path / "other", [*range(19), 20])
    (other.path / "digests.bin").replace(words.path / "digests.bin")
    resealed(words.path)
    assert [(each.record, each.reason) for each in verify(words)] == [("20", "record_differs"), ("", "digest_differs")]


@pytest.mark.parametrize("key", [b"image-000000004", b"label-000000004"])
def test_a_record_that_is_missing_is_found_without_sums(tmp_path: Path, key: bytes) -> None:
    words = made_words(tmp_path / "words")
    foreign(words.path, {key: None})
    resealed(words.path)
    assert [(each.record, each.reason) for each in verify(words)] == [("4", "record_differs")]


def test_a_size_that_is_wrong_is_found_without_sums(tmp_path: Path) -> None:
    words = made_words(tmp_path / "words")
    foreign(words.path, {b"wh-000000004": b"999_32"})
    resealed(words.path)
    assert [(each.record, each.reason) for each in verify(words)] == [("4", "record_differs")]


def test_shards_in_another_order_are_another_set(tmp_path: Path) -> None:
    words = sharded_words(tmp_path)
    manifest = words.manifest
    write_manifest(words.path, manifest.model_copy(update={"parts": manifest.parts[::-1]}))
    assert reasons(words) == {"digest_differs"}


def test_somebody_elses_set_can_only_change(tmp_path: Path) -> None:
    folder = foreign(tmp_path / "theirs", dict(entries_of(made_words(tmp_path / "words").path)))
    words = WordLmdb.at(folder)
    assert reasons(words) == set()
    foreign(folder, {b"image-000000003": b"changed"})
    assert reasons(words) == {"folder_differs"}
