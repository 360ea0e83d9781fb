"""The map grows without loss, keys come in order, and a full disk is said to be one."""

from __future__ import annotations

import errno
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import lmdb
import pytest

from str_pipelines.records import Word
from str_pipelines.storage import stores
from str_pipelines.storage.stores import Store
from str_pipelines.storage.words import WordWriter
from tests.making import entries_of, word


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 6 MiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(["sh", "-c", f"mount -t tmpfs -o size=6m tmpfs '{disk}'"], capture_output=True, text=True)
    if made.returncode:
        pytest.skip(f"no file system may be mounted here: {made.stderr.strip()}")
    yield disk
    subprocess.run(["umount", "--lazy", disk], check=True)


def entries(count: int, seed: int = 0) -> list[tuple[bytes, bytes]]:
    rng = random.Random(seed)
    return [(b"key-%09d" % number, rng.randbytes(rng.randrange(6000))) for number in range(count)]


def test_the_map_grows_as_often_as_it_must(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "FIRST_MAP", 1 << 16)
    monkeypatch.setattr(stores, "BATCH_BYTES", 1 << 15)
    written = entries(2000)
    store = Store(tmp_path, ordered=True)
    for key, value in written:
        store.put(key, value)
    grown = store._env.info()["map_size"] // (1 << 16)
    store.close()
    assert grown >= 2**6, "six doublings were to be tried"
    assert entries_of(tmp_path) == written


def test_a_single_value_may_be_larger_than_the_map(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "FIRST_MAP", 1 << 16)
    store = Store(tmp_path, ordered=False)
    store.put(b"key", bytes(3_000_000))
    store.close()
    assert entries_of(tmp_path) == [(b"key", bytes(3_000_000))]


@pytest.mark.parametrize(("ordered", "keys"), [(True, (b"b", b"a")), (True, (b"a", b"a")), (False, (b"a", b"a"))])
def test_a_key_that_lmdb_would_drop_in_silence_is_named(tmp_path: Path, ordered: bool, keys: tuple[bytes, ...]) -> None:
    store = Store(tmp_path, ordered)
    for key in keys:
        store.put(key, b"value")
    with pytest.raises(ValueError, match=f"key {keys[1]!r} is there already"):
        store.close()
    store.release()


def test_many_at_once_are_as_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "BATCH_BYTES", 1 << 15)
    written = entries(1000)
    store = Store(tmp_path, ordered=True)
    store.put_all(iter(written[:700]))
    store.put(*written[700])
    store.put_all(written[701:])
    store.close()
    assert entries_of(tmp_path) == written


def test_an_unfinished_store_can_be_started_again_in_the_same_process(tmp_path: Path) -> None:
    for _ in range(2):
        store = Store(tmp_path, ordered=False)
        store.put(b"key", b"value")
        store.release()
        store.release()
    assert entries_of(tmp_path) == []


def interleaved(folder: Path, words: list[Word]) -> int:
    """The bytes of data.mdb as the common script writes it: image and label by turns, a thousand a transaction."""
    env = lmdb.open(str(folder), map_size=1 << 30)
    for start in range(0, len(words), 1000):
        with env.begin(write=True) as transaction:
            for number, each in enumerate(words[start : start + 1000], start + 1):
                transaction.put(b"image-%09d" % number, each.image)
                transaction.put(b"label-%09d" % number, each.label.encode())
    env.close()
    return (folder / "data.mdb").stat().st_size


def test_words_take_less_disk_than_by_the_common_script(tmp_path: Path) -> None:
    rng = random.Random(0)  # pictures as large as MJSynth's
    words = [Word(f"{n}", rng.randbytes(rng.randrange(800, 1750)), f"label{n}", (100, 32)) for n in range(4000)]
    with WordWriter(tmp_path / "ours") as writer:
        for each in words:
            writer.add(each)
        writer.finish()
    ours = (tmp_path / "ours" / "data.mdb").stat().st_size
    assert ours < 0.85 * interleaved(tmp_path / "common", words), "with `wh-` keys, which the common script has not"


def test_a_full_disk_is_said_with_what_was_wanted(small_disk: Path) -> None:
    before = (small_disk / "before").write_bytes(b"as it was")
    (small_disk / "words").mkdir()
    store = Store(small_disk / "words", ordered=True)
    with pytest.raises(OSError, match=r"\d+ bytes could not be written .*, \d+ are free; make room") as caught:
        for number in range(200):
            store.put(b"%09d" % number, os.urandom(100_000))
    store.release()
    assert (caught.value.errno, caught.value.filename) == (errno.ENOSPC, str(small_disk / "words" / "data.mdb"))
    assert (small_disk / "before").stat().st_size == before


def test_a_full_disk_at_every_size_leaves_no_manifest_and_frees_the_files(small_disk: Path) -> None:
    for size in (1000, 30_000, 250_000):
        with pytest.raises(OSError), WordWriter(small_disk / f"{size}") as writer:
            for number in range(20_000):
                writer.add(Word(f"{number}", os.urandom(size), "label", (1, 1)))
        assert not (small_disk / f"{size}" / "manifest.json").exists()
        subprocess.run(["rm", "-r", small_disk / f"{size}"], check=True)
    with WordWriter(small_disk / "small") as writer:
        writer.add(word(1))
        assert writer.finish().count == 1


def test_a_disk_that_is_full_from_the_beginning_is_said_too(small_disk: Path) -> None:
    (small_disk / "words").mkdir()
    with (small_disk / "ballast").open("wb", buffering=0) as ballast, suppress(OSError):
        while ballast.write(bytes(4096)):
            continue
    with pytest.raises(OSError, match=r"0 bytes could not be written .*, 0 are free; make room") as caught:
        Store(small_disk / "words", ordered=True)
    assert (caught.value.errno, caught.value.filename) == (errno.ENOSPC, str(small_disk / "words" / "data.mdb"))


@pytest.mark.slow
def test_a_million_tiny_words_take_little_memory(tmp_path: Path) -> None:
    code = (
        "import sys, resource, pathlib\n"
        "from str_pipelines.records import Word\n"
        "from str_pipelines.storage.words import WordWriter, WordLmdb\n"
        "with WordWriter(pathlib.Path(sys.argv[1])) as writer:\n"
        "    for n in range(1_000_000):\n"
        "        writer.add(Word(f'tiny/{n}', b'%d' % n, f'label{n}', (n % 999, 32), 'tiny', {'kind': 'a', 'n': n}))\n"
        "    writer.finish()\n"
        "words = WordLmdb.at(sys.argv[1])\n"
        "assert sum(1 for _ in words) == 1_000_000 and words[999_999].label == 'label999999'\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
    )
    writer = subprocess.run([sys.executable, "-c", code, tmp_path / "words"], capture_output=True, check=True)
    assert int(writer.stdout) < 500, "MiB at the peak"
