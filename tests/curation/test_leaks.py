"""Every word that two sets share is found, and no other, whatever it is called; a set can be had without them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from str_pipelines.curation import alike as module
from str_pipelines.curation.alike import Index, alike, repeats, same_files
from str_pipelines.curation.hashes import Hashes, label_number
from str_pipelines.curation.leaks import Sets, find_leaks
from str_pipelines.curation.leaks_params import LeaksParams
from str_pipelines.curation.leaks_report import leaks_report
from str_pipelines.execution import Execution
from str_pipelines.imaging.decode import encode_jpeg, encode_png
from str_pipelines.imaging.fonts import bundled_fonts
from str_pipelines.imaging.words import WordStream
from str_pipelines.records import Word
from str_pipelines.storage.tables import rows_of
from str_pipelines.storage.words import WordLmdb
from tests.curation.samples import run, write
from tests.making import foreign

NUMBERS = st.lists(st.integers(0, 12), max_size=30)
STREAM = WordStream(sorted(bundled_fonts())[:3], ("station", "harbour", "Lane"), seed=3)


@pytest.fixture
def here(tmp_path: Path) -> Execution:
    return Execution(backend="serial", work=tmp_path / "work")


def numbers(values: Sequence[int]) -> Any:
    return np.array(values, np.int64)


@given(one=NUMBERS, other=NUMBERS)
def test_the_same_files_are_those_that_two_loops_find(one: list[int], other: list[int]) -> None:
    here, there = same_files(Index(numbers(one)), numbers(other))
    pairs = list(zip(here.tolist(), there.tolist(), strict=True))
    assert len(set(pairs)) == len(pairs) and all(one[i] == other[j] for i, j in pairs)
    assert {i for i, _ in pairs} == {i for i, value in enumerate(one) if value in other}
    assert {j for _, j in pairs} == {j for j, value in enumerate(other) if value in one}
    assert all(i == one.index(one[i]) or j == other.index(other[j]) for i, j in pairs)
    first, again = repeats(Index(numbers(one)))
    assert list(zip(first, again, strict=True)) == [(one.index(v), i) for i, v in enumerate(one) if v in one[:i]]


@settings(max_examples=60)
@given(seed=st.integers(0, 10**6), most=st.integers(0, 7), at_once=st.sampled_from([1, 5, 10**6]))
def test_alike_are_those_that_two_loops_find(seed: int, most: int, at_once: int) -> None:
    rng = np.random.default_rng(seed)
    centres = rng.integers(-(2**63), 2**63 - 1, 3)

    def some(count: int) -> Hashes:
        looks = centres[rng.integers(0, 3, count)]
        for _ in range(9):
            looks = looks ^ np.where(rng.random(count) < 0.6, np.int64(1) << rng.integers(0, 63, count), 0)
        labels, files = rng.integers(0, 2, count), rng.integers(0, 20, count)
        return Hashes(files, labels, looks, rng.random(count) < 0.9)

    one, other = some(25), some(20)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "AT_ONCE", at_once)
        here, there, apart = alike(one, other, most)
    wanted = {
        (i, j): bits
        for i, j in product(range(len(one)), range(len(other)))
        if one.seen[i] and other.seen[j] and one.labels[i] == other.labels[j] and one.files[i] != other.files[j]
        if (bits := int(one.looks[i] ^ other.looks[j]) % 2**64).bit_count() <= most
    }
    found = dict(zip(zip(here.tolist(), there.tolist(), strict=True), apart.tolist(), strict=True))
    assert len(found) == len(here)
    assert all(found[pair] == wanted[pair].bit_count() for pair in found)
    for side in (0, 1):
        assert {pair[side] for pair in found} == {pair[side] for pair in wanted}
        for place in {pair[side] for pair in wanted}:
            least = min(bits.bit_count() for pair, bits in wanted.items() if pair[side] == place)
            assert least in [bits for pair, bits in found.items() if pair[side] == place]


@pytest.mark.parametrize(("one", "other", "same"), [("Don't", "DONT", True), ("?!", "?", False), ("ab", "abc", False)])
def test_labels_are_compared_by_letters_and_digits(one: str, other: str, same: bool) -> None:
    assert (label_number(one) == label_number(other)) is same


def stored(folder: Path, taken: Sequence[tuple[int, str]]) -> WordLmdb:
    """Words of the stream by number, each as it is, saved again (`again`), or under another label (`renamed`)."""
    words = []
    for place, (number, how) in enumerate(taken):
        word = STREAM[number]
        image = encode_png(word.image)
        if how == "again":
            image = encode_jpeg(cv2.resize(word.image, None, fx=0.8, fy=0.8), 80)
        label = "other" if how == "renamed" else word.label
        words.append(Word(f"{folder.name}/{place}", image, label, (word.image.shape[1], word.image.shape[0])))
    return write(folder, words)


def sets_of(tmp_path: Path, here: Execution, **how: Any) -> Sets:
    train = stored(tmp_path / "train", [(number, "") for number in (*range(12), 3)])
    stored(tmp_path / "tests" / "IC13", [(20, ""), (3, ""), (5, "again"), (7, "renamed"), (21, "")])
    theirs = stored(tmp_path / "theirs", [(1, ""), (20, "")])
    entries: dict[bytes, bytes | None] = {b"num-samples": b"2"}
    for number, word in enumerate(theirs, 1):
        entries |= {b"image-%09d" % number: word.image, b"label-%09d" % number: word.label.swapcase().encode()}
    foreign(tmp_path / "tests" / "SVT", entries)
    (tmp_path / "tests" / "broken").mkdir()
    (tmp_path / "tests" / "broken" / "data.mdb").write_bytes(b"none")
    return Sets.of(train, LeaksParams(**how), tmp_path / "tests", here)


def test_training_words_are_found_in_test_sets(tmp_path: Path, here: Execution) -> None:
    sets = sets_of(tmp_path, here)
    assert (list(sets.words), sets.tests) == (["train", "IC13", "SVT"], ("IC13", "SVT"))
    rows = rows_of(find_leaks(sets.words, None, here))
    pairs = {(row["a"], row["id_a"], row["b"], row["id_b"], row["kind"], row["bits"]) for row in rows}
    assert pairs == {
        ("train", "train/3", "train", "train/12", "same_file", 0),
        ("train", "train/3", "IC13", "IC13/1", "same_file", 0),
        ("train", "train/12", "IC13", "IC13/1", "same_file", 0),
        ("train", "train/7", "IC13", "IC13/3", "same_file", 0),
        ("train", "train/1", "SVT", "000000001", "same_file", 0),
        ("IC13", "IC13/0", "SVT", "000000002", "same_file", 0),
    }
    near = rows_of(find_leaks(sets.words, 7, here))
    assert [(row["id_a"], row["id_b"]) for row in near if row["kind"] == "alike"] == [("train/5", "IC13/2")]
    assert [row for row in near if row["kind"] == "same_file"] == rows


def test_the_report_counts_words_and_shows_pairs(tmp_path: Path, here: Execution) -> None:
    sets = sets_of(tmp_path, here, near=7)
    report = leaks_report(find_leaks(sets.words, 7, here), sets)
    assert report.metrics == {
        "leaked": {"IC13": 3, "SVT": 1}, "leaked_share": {"IC13": 0.6, "SVT": 0.5}, "repeated": {"train": 1},
    }  # fmt: skip
    table = {(row["a"], row["b"], row["kind"]): tuple(row.values())[3:] for row in report.tables["pairs"]}
    assert table == {
        ("train", "train", "same_file"): (1, 1, 0),
        ("train", "IC13", "same_file"): (3, 2, 1),
        ("train", "IC13", "alike"): (1, 1, 0),
        ("train", "SVT", "same_file"): (1, 1, 1),
        ("IC13", "SVT", "same_file"): (1, 1, 1),
    }
    assert report.sheets["leaks"].startswith(b"\x89PNG")
    assert [row["set"] for row in report.tables["left_out"]] == ["broken"] and "--not-in" in report.text


def test_a_set_can_be_had_without_the_words_of_others(tmp_path: Path, here: Execution) -> None:
    sets = sets_of(tmp_path, here)
    train, tests = sets.words["train"], [sets.words[name].path for name in sets.tests]
    for how, gone in (([], {1, 3, 7, 12}), (["--near", 7], {1, 3, 5, 7, 12})):
        target = tmp_path / f"clean-{len(how)}"
        clean = run("filter", train.path, "--not-in", *tests, *how, target)
        assert [word.id for word in clean] == [f"train/{place}" for place in range(13) if place not in gone]
        reasons = {"in_other_set": 4, "like_in_other_set": 1} if how else {"in_other_set": 4}
        assert clean.manifest.rejected == reasons
        rest = {"clean": clean, **{name: sets.words[name] for name in sets.tests}}
        rows = rows_of(find_leaks(rest, 7 if how else None, here))
        assert not [row for row in rows if row["a"] == "clean" or row["b"] == "clean"]


def test_how_near_has_a_limit() -> None:
    with pytest.raises(ValidationError, match="less than or equal to 7"):
        LeaksParams(near=8)
