"""Shares, shapes and augmentation of what is trained on are functions of seed, epoch and index, in any process."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from str_pipelines.recognizers.gather import find_words, gather
from str_pipelines.recognizers.words import Sample, Words, quotas
from str_pipelines.recognizers.words_params import WordsParams
from str_pipelines.training.loader import load
from str_pipelines.training.order import batch_stream
from tests.making import foreign
from tests.recognizers.pictures import SIZES, entries, keys_of, picture, stored

MANY = tuple(f"word{number}" for number in range(23))


def words(tmp_path: Path, **given: object) -> Words:
    sets = {"a": stored(tmp_path / "a", MANY), "b": stored(tmp_path / "b", MANY[:7])}
    return gather(WordsParams.model_validate(given), sets)


def plain(samples: list[Sample]) -> list[tuple[bytes, tuple[int, ...], str, str]]:
    return [(image.tobytes(), image.shape, text, key) for image, text, key in samples]


def test_without_ratios_an_epoch_has_every_word_once(tmp_path: Path) -> None:
    found = words(tmp_path)
    keys = [found.sample(0, index)[2] for index in range(len(found))]
    assert sorted(keys) == sorted([f"a/{n:09d}" for n in range(1, 24)] + [f"b/{n:09d}" for n in range(1, 8)])


def test_groups_are_the_widths_of_the_samples(tmp_path: Path) -> None:
    found = words(tmp_path, ratios="1 2", length=17, augment="str")
    for epoch in range(3):
        widths = [found.sample(epoch, index)[0].shape for index in range(len(found))]
        assert widths == [(32, width, 3) for width in found.groups(epoch)]


def test_half_of_the_pictures_are_stretched_where_the_preset_says_so(tmp_path: Path) -> None:
    stretched = words(tmp_path, length=4000, augment="str")
    plain = replace(stretched, stretches=None)
    ratios = stretched.groups(1) / plain.groups(1)
    assert 0.2 < (ratios < 1).mean() < 0.5 and (ratios > 1).mean() > 0.03
    assert ratios.min() >= 0.5 * 0.77 and ratios.max() <= 1.25 * 1.3  # of the widths that there are the nearest
    assert not np.array_equal(stretched.groups(1), stretched.groups(2))


def test_sets_have_their_shares_and_each_is_gone_through_before_it_comes_again(tmp_path: Path) -> None:
    found = words(tmp_path, ratios="1 2", length=18)
    keys = [found.sample(epoch, index)[2] for epoch in range(4) for index in range(18)]
    first = [key for key in keys if key.startswith("a/")]
    times = [keys.count(f"b/{n:09d}") for n in range(1, 8)]
    assert len(first) == 24 and len(set(first)) == 23
    assert sum(times) == 48 and max(times) - min(times) <= 1


@given(
    st.lists(st.integers(1, 1000), min_size=1, max_size=5).flatmap(
        lambda counts: st.tuples(
            st.just(counts), st.lists(st.floats(0.01, 10), min_size=len(counts), max_size=len(counts))
        )
    ),
    st.integers(1, 5000),
)
def test_quotas_add_up_and_are_the_ratios_to_one_sample(sets: tuple[list[int], list[float]], length: int) -> None:
    counts, ratios = sets
    found = quotas(counts, ratios, length)
    assert sum(found) == length
    assert all(abs(each - length * ratio / sum(ratios)) <= 1 for each, ratio in zip(found, ratios, strict=True))
    assert quotas(counts) == tuple(counts)


@pytest.mark.parametrize(
    ("counts", "ratios", "said"),
    [([3, 4], [1.0], "for each of 2"), ([3], [0.0], "for each"), ([0, 3], [1.0, 1.0], "set 1 has no usable word")],
)
def test_ratios_that_do_not_fit_are_refused(counts: list[int], ratios: list[float], said: str) -> None:
    for counts, ratios, said in (
        ([3, 4], [1.0], "for each of 2"),
        ([3], [0.0], "for each"),
        ([0, 3], [1.0, 1.0], "set 1"),
    ):
        with pytest.raises(ValueError, match=said):
            quotas(counts, ratios)


def test_augmentation_differs_by_epoch_and_index_and_never_by_who_asks(tmp_path: Path) -> None:
    found, again = words(tmp_path / "one", augment="abinet"), words(tmp_path / "two", augment="abinet")
    other = words(tmp_path / "three", augment="abinet", seed=1)
    pictures = [found.sample(epoch, 0)[0].tobytes() for epoch in range(20)]
    assert pictures == [again.sample(epoch, 0)[0].tobytes() for epoch in range(20)]
    assert len(set(pictures)) > 5
    assert pictures != [other.sample(epoch, 0)[0].tobytes() for epoch in range(20)]


def test_without_augmentation_a_picture_is_only_brought_to_shape(tmp_path: Path) -> None:
    found = words(tmp_path)
    for index in range(5):
        assert np.array_equal(found.sample(4, index)[0], found.shape.fit(picture(index, SIZES[index])))


def test_two_workers_make_what_none_makes(tmp_path: Path) -> None:
    found = words(tmp_path, ratios="1 1", length=20, augment="parseq")
    alone, shared = (load(found, batch_stream(found.groups, 4, 3), workers) for workers in (0, 2))
    ours, theirs = list(islice(alone, 16)), list(islice(shared, 16))
    shared.close()
    assert [plain(batch) for batch in ours] == [plain(batch) for batch in theirs]
    assert all(len({image.shape for image, _, _ in batch}) == 1 for batch in ours)


def test_further_sets_are_found_below_a_folder_by_their_paths(tmp_path: Path) -> None:
    stored(tmp_path / "more/real/ours", MANY[:3])
    foreign(tmp_path / "more/theirs", keys_of(entries(MANY[:4]), sized=True))
    found = words(tmp_path, more=str(tmp_path / "more"))
    assert [each.name for each in found.sets] == [
        "a",
        "b",
        *(str(tmp_path / "more" / n) for n in ("real/ours", "theirs")),
    ]
    assert found.quotas == (23, 7, 3, 4)
    with pytest.raises(FileNotFoundError, match="no word LMDB lies there"):
        find_words(tmp_path / "nowhere")


def test_the_report_has_a_row_a_set(tmp_path: Path) -> None:
    first, second = words(tmp_path, charset="36", normaliser="dt36-filter").report()
    assert (first["set"], first["kept"], second["kept"], second["longest"]) == ("a", 23, 7, 5)
    assert set(first["never_seen"]) == set("abcefghijklmnpqstuvxyz")


def test_the_usual_normaliser_goes_with_the_charset() -> None:
    assert WordsParams(charset="36").spelling.normaliser.name == "parseq36"
    assert WordsParams().spelling.normaliser.name == "parseq94"
    assert WordsParams(charset="62").spelling.normaliser.name == "raw"
