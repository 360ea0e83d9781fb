"""Sound LMDBs of any shape pass; of damaged ones none kills its reader, whatever is damaged."""

from __future__ import annotations

import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import lmdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from str_pipelines.storage.environments import close_all, fetch
from str_pipelines.storage.manifests import version_of
from str_pipelines.storage.pages import check_pages
from tests.making import foreign, made_scenes, made_words

KEYS = st.binary(min_size=1, max_size=300)
VALUES = st.binary(max_size=80).map(lambda value: value * 100) | st.binary(max_size=30)


def check(folder: Path) -> None:
    """As before a read."""
    with lmdb.open(str(folder), readonly=True, lock=False) as env:
        check_pages(folder / "data.mdb", env.stat()["psize"], env.info()["last_pgno"])


def put(path: Path, at: int, data: bytes) -> None:
    """Overwrite a few bytes."""
    content = bytearray(path.read_bytes())
    content[at : at + len(data)] = data
    path.write_bytes(content)


@given(st.lists(st.dictionaries(KEYS, VALUES | st.none(), max_size=40), max_size=6))
@settings(max_examples=30)
def test_what_lmdb_writes_is_sound(transactions: list[dict[bytes, bytes | None]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for entries in transactions or [{}]:
            foreign(Path(folder), entries)
            check(Path(folder))


def test_large_trees_and_sets_with_named_ones_are_sound(tmp_path: Path) -> None:
    with lmdb.open(str(tmp_path), map_size=1 << 28, max_dbs=2) as env:
        named = env.open_db(b"named")
        with env.begin(write=True) as transaction:
            for number in range(60_000):
                transaction.put(b"%0200d" % number, b"value")
            transaction.put(b"key", b"value", db=named)
        assert env.stat()["depth"] == 4
    check(tmp_path)


def test_several_values_a_key_are_no_set_of_the_field(tmp_path: Path) -> None:
    check(foreign(tmp_path, {b"key": b"value"}))
    put(tmp_path / "data.mdb", 92, b"\x04")
    put(tmp_path / "data.mdb", 4096 + 92, b"\x04")
    with pytest.raises(ValueError, match="several values a key"):
        check(tmp_path)


@pytest.mark.parametrize(
    ("field", "data", "fault"),
    [
        (0, struct.pack("<Q", 77), "says that it is another one"),
        (10, struct.pack("<H", 4), "is neither branch nor leaf"),
        (10, struct.pack("<H", 0x42), "is neither branch nor leaf"),
        (12, struct.pack("<H", 15), "has not the room that it says"),
        (12, struct.pack("<H", 5000), "has not the room that it says"),
        (14, struct.pack("<H", 5000), "has not the room that it says"),
        (16, struct.pack("<H", 4090), "has a key beyond its end"),
        (16, struct.pack("<H", 65535), "has a key beyond its end"),
    ],
)
def test_a_page_is_named_with_its_fault(tmp_path: Path, field: int, data: bytes, fault: str) -> None:
    folder = foreign(tmp_path, {b"key": b"value"})  # one leaf: the last page
    page = (folder / "data.mdb").stat().st_size // 4096 - 1
    put(folder / "data.mdb", page * 4096 + field, data)
    with pytest.raises(ValueError, match=rf"data\.mdb is damaged: page {page} {fault}; copy or make it again"):
        fetch(folder, version_of(folder), [b"key"])


def test_a_tree_that_leads_in_a_circle_is_left(tmp_path: Path) -> None:
    folder = foreign(tmp_path, {b"%0200d" % number: b"value" for number in range(200)})
    with lmdb.open(str(folder), readonly=True, lock=False) as env:
        assert env.stat()["depth"] == 2
    content = (folder / "data.mdb").read_bytes()
    branch = next(at for at in range(8192, len(content), 4096) if content[at + 10] == 1)
    [node] = struct.unpack_from("<H", content, branch + 16)
    put(folder / "data.mdb", branch + node, struct.pack("<H", branch // 4096))
    with pytest.raises(ValueError, match=rf"page {branch // 4096} is reached twice"):
        check(folder)


READ = """
import random, sys
from pathlib import Path
from str_pipelines.storage.environments import close_all, environment, fetch
from str_pipelines.storage.manifests import version_of
from tests.making import entries_of
folder, whole = Path(sys.argv[1]), Path(sys.argv[2], "data.mdb").read_bytes()
keys, rng = [key for key, _ in entries_of(Path(sys.argv[2]))], random.Random(0)
outcomes = {"read": 0, "refused": 0}
for number in range(int(sys.argv[3])):
    damaged, place = bytearray(whole), rng.randrange(len(whole) // 4096) * 4096
    for _ in range(rng.choice((1, 3, 20))):
        at = rng.choice((place + rng.randrange(80), place + rng.randrange(4096), rng.randrange(300)))
        damaged[at] = rng.choice((rng.randrange(256), damaged[at] ^ 1 << rng.randrange(8)))
    (folder / "data.mdb").unlink(missing_ok=True)
    (folder / "data.mdb").write_bytes(damaged)
    try:
        fetch(folder, version_of(folder), keys)
        with environment(folder, version_of(folder)).begin() as transaction:
            sum(len(key) + len(value) for key, value in transaction.cursor())
        outcomes["read"] += 1
    except ValueError as error:
        assert str(folder) in str(error), error
        outcomes["refused"] += 1
    close_all()
print(outcomes["read"], outcomes["refused"])
"""


@pytest.mark.parametrize("count", [150, pytest.param(3000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("make", [made_words, made_scenes])
def test_damage_anywhere_is_refused_or_harmless(tmp_path: Path, make: object, count: int) -> None:
    """In a process of its own: it is to live."""
    whole = made_words(tmp_path / "whole", range(100)) if make is made_words else made_scenes(tmp_path / "whole")
    close_all()
    (tmp_path / "damaged").mkdir()
    command = [sys.executable, "-c", READ, tmp_path / "damaged", whole.path, str(count)]
    reader = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (reader.returncode, reader.stderr) == (0, "")
    read, refused = map(int, reader.stdout.split())
    assert read + refused == count and refused > count / 10
