"""LMDB files are opened once a process, never across a fork, and never read behind their end."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from str_pipelines.storage.environments import close_all, environment, fetch
from str_pipelines.storage.folders import commit, link_tree, part_of
from str_pipelines.storage.manifests import version_of
from str_pipelines.storage.words import WordLmdb
from tests.making import made_words, read_all, sharded_words, word


def test_folders_that_share_a_file_are_open_together(tmp_path: Path) -> None:
    words = made_words(tmp_path / "made")
    link_tree(words.path, tmp_path / "linked")
    (tmp_path / "link").symlink_to(words.path)
    same = [words, *(WordLmdb.at(tmp_path / name) for name in ("linked", "link", "linked/../made"))]
    assert [handle[3].image for handle in same] == [word(3).image] * 4
    assert len({id(environment(handle.path, version_of(handle.path))) for handle in same}) == 1


def test_a_forked_child_reads_what_its_parent_has_open(tmp_path: Path) -> None:
    words = sharded_words(tmp_path)
    expected = read_all(words)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map(read_all, [words] * 4) == [expected] * 4
    assert read_all(words) == expected


def test_a_fork_in_the_middle_of_a_loop_harms_neither_side(tmp_path: Path) -> None:
    words = iter(made_words(tmp_path / "made"))
    next(words)
    child = os.fork()
    if not child:
        os._exit(0 if [each.id for each in words] == [word(number).id for number in range(1, 20)] else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert [each.id for each in words] == [word(number).id for number in range(1, 20)]


def test_a_spawned_process_reads_a_pickled_handle(tmp_path: Path) -> None:
    words = sharded_words(tmp_path)
    expected = read_all(words)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(read_all, [words]) == expected


def test_threads_that_start_together_share_one_environment(tmp_path: Path) -> None:
    words = made_words(tmp_path / "made")
    expected = read_all(words)
    for _ in range(20):
        close_all()
        with ThreadPoolExecutor(8) as threads:
            assert all(found == expected for found in threads.map(read_all, [words] * 8))


def test_a_handle_notices_that_its_folder_was_replaced(tmp_path: Path) -> None:
    old = made_words(tmp_path / "words")
    assert old[3].image == word(3).image
    made_words(part := part_of(old.path), range(100, 120))
    commit(part, old.path)
    new = WordLmdb.at(tmp_path / "words")
    assert new[3].image == word(103).image
    for use in (lambda: old[3], lambda: list(old), lambda: list(old.rows()), lambda: list(old.digests())):
        with pytest.raises(ValueError, match="has changed since this handle was made"):
            use()


def test_a_folder_replaced_by_its_equal_is_read_on(tmp_path: Path) -> None:
    words = made_words(tmp_path / "words")
    before = read_all(words)
    made_words(part := part_of(words.path))
    commit(part, words.path)
    assert read_all(words) == before


def test_a_set_of_more_shards_than_files_may_be_open_is_read(tmp_path: Path) -> None:
    words = sharded_words(tmp_path, count=80, size=2)
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))\n"
        "from str_pipelines.storage.words import WordLmdb\n"
        "words = WordLmdb.at(sys.argv[1])\n"
        "print(len({words[index].id for _ in range(2) for index in range(len(words))}))"
    )
    read = subprocess.run([sys.executable, "-c", code, words.path], capture_output=True, text=True)
    assert (read.stdout.strip(), read.stderr) == (str(len(words)), "")
    assert len(words.folders()) == 40


def test_files_cut_anywhere_are_refused_and_kill_nobody(tmp_path: Path) -> None:
    """In a process of its own: SIGBUS would end this one."""
    words = made_words(tmp_path / "words", range(200))
    whole = (words.path / "data.mdb").read_bytes()
    rng = random.Random(0)
    sizes = [0, 1, 100, 4095, 4096, 8191, 8192, 8193, len(whole) - 1, *(rng.randrange(len(whole)) for _ in range(41))]
    contents = [whole[:size] for size in sizes] + [rng.randbytes(20_000) for _ in range(50)]
    for number, content in enumerate(contents):
        folder = tmp_path / "broken" / str(number)
        folder.mkdir(parents=True)
        (folder / "data.mdb").write_bytes(content)
    code = (
        "import sys, pathlib\n"
        "from str_pipelines.storage.environments import fetch\n"
        "from str_pipelines.storage.manifests import version_of\n"
        "for folder in pathlib.Path(sys.argv[1]).iterdir():\n"
        "    try: fetch(folder, version_of(folder), [b'image-%09d' % n for n in range(1, 201)])\n"
        "    except ValueError as error: assert str(folder) in str(error), error\n"
        "    else: print('read', folder)\n"
    )
    reader = subprocess.run([sys.executable, "-c", code, tmp_path / "broken"], capture_output=True, text=True)
    assert (reader.returncode, reader.stdout, reader.stderr) == (0, "", "")


def test_a_file_that_shrinks_is_refused_by_the_next_who_opens_it(tmp_path: Path) -> None:
    words = made_words(tmp_path / "words")
    close_all()
    with (words.path / "data.mdb").open("r+b") as file:
        file.truncate(8192)
    with pytest.raises(ValueError, match="has 8192 of .* bytes: copied or written only in part"):
        fetch(words.path, version_of(words.path), [b"num-samples"])


def test_no_file_is_no_lmdb(tmp_path: Path) -> None:
    words = made_words(tmp_path / "words")
    version = version_of(words.path)
    (words.path / "data.mdb").unlink()
    with pytest.raises(FileNotFoundError, match=r"no data\.mdb there"):
        fetch(words.path, version, [b"num-samples"])
    shutil.rmtree(words.path)
    with pytest.raises(FileNotFoundError, match="neither manifest.json nor data.mdb"):
        version_of(words.path)
