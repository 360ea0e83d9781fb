"""An index holds what can be taught and says why the rest is left out, for LMDBs of ours and of others alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from str_pipelines.imaging.decode import decode
from str_pipelines.recognizers.shape import Shape
from str_pipelines.recognizers.spelling import Spelling
from str_pipelines.recognizers.stored_words import StoredWords, index_words
from str_pipelines.records import Word
from str_pipelines.storage.words import WordLmdb, WordWriter
from str_pipelines.text.charsets import load_charset
from str_pipelines.text.normalisers import normaliser
from tests.making import foreign, sharded_words
from tests.recognizers.pictures import LABELS, SIZES, entries, keys_of, picture, stored

SPELLING = Spelling(normaliser("raw"), load_charset("94"))
MIXED = ("Word", "", "caf\u00e9", "x" * 26, "five5", "Word")


def index(words: WordLmdb) -> StoredWords:
    return index_words("set", words, SPELLING, Shape())


def test_places_and_widths_are_those_of_the_words_that_can_be_taught(tmp_path: Path) -> None:
    found = index(stored(tmp_path, MIXED))
    assert found.places.tolist() == [0, 4, 5]
    sizes = [SIZES[place % len(SIZES)] for place in found.places]
    assert found.widths(0).tolist() == [int(Shape().width_of(*size)) for size in sizes]
    assert [found.width(3, place) for place in range(3)] == found.widths(3).tolist()


def test_the_census_accounts_for_every_word(tmp_path: Path) -> None:
    census = index(stored(tmp_path, MIXED)).census
    assert (census.words, census.kept, census.longest) == (6, 3, 5)
    assert census.dropped == {"label_empty": 1, "label_outside_charset": 1, "label_too_long": 1}
    assert census.lacking == {"\u00e9": 1}
    assert census.seen == set("Wordfive5")


def test_a_word_reads_as_it_was_stored(tmp_path: Path) -> None:
    words = index(stored(tmp_path, MIXED))
    for place, number in enumerate(words.places.tolist()):
        image, text, key = words.read(0, place)
        assert np.array_equal(image, picture(number, SIZES[number % len(SIZES)]))
        assert (text, key) == (MIXED[number], f"set/{number + 1:09d}")


@pytest.mark.parametrize("sized", [True, False])
def test_an_lmdb_of_somebody_elses_has_the_same_index(tmp_path: Path, sized: bool) -> None:
    ours = index(stored(tmp_path / "ours", MIXED))
    theirs = index(WordLmdb.at(foreign(tmp_path / "theirs", keys_of(entries(MIXED), sized))))
    assert theirs.places.tolist() == ours.places.tolist()
    assert theirs.pixels.tolist() == ours.pixels.tolist()
    assert theirs.census == ours.census


def test_what_is_no_picture_is_left_out_by_its_header(tmp_path: Path) -> None:
    words = entries(LABELS)
    words[1], words[3] = (b"no picture", "two", (0, 0)), (b"", "IV", (0, 0))
    found = index(WordLmdb.at(foreign(tmp_path, keys_of(words, sized=False))))
    assert found.places.tolist() == [0, 2, 4]
    assert found.census.dropped == {"image_unreadable": 2}


def test_a_picture_beyond_the_limit_is_left_out_by_its_size(tmp_path: Path) -> None:
    words = [(image, label, (4000, 4000) if label == "two" else size) for image, label, size in entries(LABELS)]
    found = index(WordLmdb.at(foreign(tmp_path, keys_of(words, sized=True))))
    assert found.census.dropped == {"image_too_large": 1}


def test_a_label_that_no_picture_of_this_width_can_show_is_left_out(tmp_path: Path) -> None:
    found = index(stored(tmp_path, ("eight888", "nine99999", "ten0000000000000"), [(32, 32), (32, 32), (64, 32)]))
    assert found.places.tolist() == [0, 2] and found.census.dropped == {"label_too_dense": 1}


def test_shards_are_one_set(tmp_path: Path) -> None:
    words = sharded_words(tmp_path, 40)
    found = index(words)
    kept = [number for number, word in enumerate(words) if not SPELLING(word.label)[1]]
    assert found.places.tolist() == kept and found.census.words == len(words)


@pytest.mark.parametrize("labels", [("", "", ""), ("###", "###", "###"), ("###", "", "###")])
def test_a_set_without_labels_is_refused(tmp_path: Path, labels: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"none of its 3 words has a label.*`ccd\.pretrain` can"):
        index(stored(tmp_path, labels))
    assert len(index(stored(tmp_path / "one", (*labels[:2], "###1")))) >= 1


def test_an_lmdb_without_labels_is_refused(tmp_path: Path) -> None:
    keys = {key: value for key, value in keys_of(entries(("a", "b")), False).items() if b"label" not in key}
    with pytest.raises(ValueError, match="none of its 2 words has a label"):
        index(WordLmdb.at(foreign(tmp_path / "URD", keys)))


def test_a_set_without_words_is_an_empty_index(tmp_path: Path) -> None:
    found = index(stored(tmp_path, ()))
    assert len(found) == 0 and found.census.words == 0


def with_broken(folder: Path, broken: set[int]) -> WordLmdb:
    """The first four words, all of one size; of some, half the picture's bytes are missing."""
    with WordWriter(folder) as writer:
        for number, (image, label, size) in enumerate(entries(LABELS[:4], SIZES[:1])):
            writer.add(Word(f"w{number}", image[: len(image) // (1 + (number in broken))], label, size))
        writer.finish()
    return WordLmdb.at(folder)


def test_the_next_word_stands_in_for_one_that_cannot_be_decoded(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    words = index(with_broken(tmp_path, {1, 3}))
    assert [words.read(epoch, place)[1:] for epoch in (0, 1) for place in range(4)] == 2 * [
        ("Word", "set/000000001"), ("Third", "set/000000003"), ("Third", "set/000000003"), ("Word", "set/000000001"),
    ]  # fmt: skip
    assert len([line for line in caplog.messages if "image_truncated" in line]) == 2  # each once


def test_a_set_that_cannot_be_decoded_is_named_with_the_way_out(tmp_path: Path) -> None:
    words = index(with_broken(tmp_path, {0, 1, 2, 3}))
    with pytest.raises(ValueError, match=r"set in .*image_truncated.*storage verify"):
        words.read(0, 0)


def test_the_quick_decoder_is_the_careful_ones_equal_here(tmp_path: Path) -> None:
    words = stored(tmp_path)
    assert all(np.array_equal(index(words).read(0, n)[0], decode(words[n].image)) for n in range(len(words)))
