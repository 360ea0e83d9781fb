"""Words come back as they went in; what somebody else made is read where it lies, and its faults are named."""

from __future__ import annotations

import io
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from str_pipelines.records import Refused, Word
from str_pipelines.storage.digests import canonical, content
from str_pipelines.storage.words import WordLmdb, WordWriter, _plain, word_row
from tests.making import entries_of, foreign, made_words, read_all, sharded_words, word

KEPT = [number for number in range(20) if number % 7 != 6]


def test_a_loop_gives_every_word_as_it_went_in(tmp_path: Path) -> None:
    assert list(sharded_words(tmp_path)) == [word(number) for number in KEPT]


def test_an_index_gives_the_same_word_without_source_and_facts(tmp_path: Path) -> None:
    words = sharded_words(tmp_path)
    for index, number in enumerate(KEPT):
        made = word(number)
        assert words[index] == Word(made.id, made.image, made.label, made.size)


def test_keys_are_the_fields_and_lie_in_ascending_order(tmp_path: Path) -> None:
    entries = entries_of(made_words(tmp_path / "words", range(12)).path)
    keys = [key for key, _ in entries]
    names = [f"{name}-{number:09d}" for name in ("image", "label") for number in range(1, 13)]
    assert keys == [key.encode() for key in [*names, "num-samples", *(f"wh-{n:09d}" for n in range(1, 13))]]
    assert dict(entries)[b"num-samples"] == b"12"
    assert dict(entries)[b"wh-000000003"] == b"3_32"


@given(st.lists(st.tuples(st.binary(max_size=5000), st.text(max_size=40)), max_size=6))
def test_any_picture_and_any_label_that_is_text_comes_back(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[bytes, str]]
) -> None:
    folder, refused = tmp_path_factory.mktemp("any"), 0
    kept = []
    with WordWriter(folder) as writer:
        for number, (image, label) in enumerate(pairs):
            try:
                writer.add(Word(str(number), image, label, (1, 1)))
                kept.append((image, label))
            except Refused as error:
                refused += 1
                kinds = {unicodedata.category(character) for character in label}
                assert {"label_not_text": "Cs", "label_control_character": "Cc"}[error.reason] in kinds
        writer.finish()
    assert [(each.image, each.label) for each in WordLmdb.at(folder)] == kept
    assert len(kept) + refused == len(pairs)


def test_a_refused_word_leaves_the_writer_as_it_was(tmp_path: Path) -> None:
    with WordWriter(tmp_path / "words") as writer:
        writer.add(word(0))
        with pytest.raises(Refused, match="label_not_text: bad"):
            writer.add(Word("bad", b"picture", "\ud800", (1, 1)))
        for label in ("two\nlines", "cut\0here", "\x9b"):
            with pytest.raises(Refused, match="label_control_character: bad"):
                writer.add(Word("bad", b"picture", label, (1, 1)))
        with pytest.raises(ValueError, match="has not the columns of the first"):
            writer.add(Word("other", b"picture", "label", (1, 1), facts={"more": 1}))
        writer.add(word(1))
        assert writer.finish().count == 2
    assert list(WordLmdb.at(tmp_path / "words")) == [word(0), word(1)]


def test_a_writer_that_is_left_early_can_be_started_again(tmp_path: Path) -> None:
    with pytest.raises(LookupError), WordWriter(tmp_path / "words") as writer:
        writer.add(word(0))
        raise LookupError
    assert not WordLmdb.exists(tmp_path / "words.part")
    assert list(made_words(tmp_path / "again")) == list(made_words(tmp_path / "once"))


def png(width: int, height: int) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (width, height)).save(data, "PNG")
    return data.getvalue()


def entries(count: int, **changes: bytes | None) -> dict[bytes, bytes]:
    """An LMDB as the common script writes it, with some entries changed or taken away."""
    made: dict[str, bytes | None] = {"num_samples": b"%d" % count}
    for number in range(1, count + 1):
        made |= {f"image_{number:09d}": png(number, 8), f"label_{number:09d}": f"Wört {number}".encode()}
    return {name.replace("_", "-").encode(): value for name, value in (made | changes).items() if value is not None}


def test_the_lmdb_of_somebody_else_is_read_where_it_lies(tmp_path: Path) -> None:
    folder = foreign(tmp_path / "theirs", entries(5, image_000000002=b"no picture"))
    before = sorted((path.name, path.stat().st_mtime_ns) for path in folder.iterdir())
    words = WordLmdb.at(folder)
    assert [each.label for each in words] == [f"Wört {number}" for number in range(1, 6)]
    assert [each.size for each in words] == [(1, 8), (0, 0), (3, 8), (4, 8), (5, 8)]
    assert read_all(words) == list(words) and words[4].id == "000000005"
    assert list(words.rows()) == [] and list(words.rejections()) == []
    assert list(words.digests()) == list(words.read_digests())
    assert sorted((path.name, path.stat().st_mtime_ns) for path in folder.iterdir()) == before


def test_the_digest_of_somebody_elses_is_of_its_content(tmp_path: Path) -> None:
    one, same = (WordLmdb.at(foreign(tmp_path / name, entries(3))) for name in ("one", "same"))
    other = WordLmdb.at(foreign(tmp_path / "other", entries(3, label_000000002=b"other")))
    assert one.digest == same.digest != other.digest


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"num_samples": b"4"}, "record 4 has no picture"),
        ({"num_samples": b"2"}, "there are more records than the 2 of `num-samples`"),
        ({"num_samples": None}, "`num-samples` is None, so this is no word LMDB"),
        ({"num_samples": b"three"}, "`num-samples` is b'three'"),
        ({"image_000000002": None}, "record 2 has no picture"),
        ({"label_000000003": None}, "record 3 has no label"),
        ({"label_000000001": b"\xff\xfe"}, "label 1 is not UTF-8"),
    ],
)
def test_the_faults_of_somebody_elses_are_named(tmp_path: Path, changes: dict[str, bytes | None], fault: str) -> None:
    folder = foreign(tmp_path / "theirs", entries(3, **changes))
    with pytest.raises(ValueError, match=fault) as caught:
        WordLmdb.at(folder)
    assert str(folder) in str(caught.value)
    assert not WordLmdb.exists(folder)


def test_a_set_without_any_label_is_one_of_empty_labels_and_says_so(tmp_path: Path) -> None:
    unlabelled = {f"label_{number:09d}": None for number in range(1, 4)}
    words = WordLmdb.at(foreign(tmp_path / "URD", entries(3, **unlabelled)))
    assert [word.label for word in words] == ["", "", ""] and not words.labelled
    assert WordLmdb.at(foreign(tmp_path / "theirs", entries(3))).labelled


def test_somebody_elses_is_read_again_when_it_has_changed(tmp_path: Path) -> None:
    folder = foreign(tmp_path / "theirs", entries(3))
    before = WordLmdb.at(folder)
    foreign(folder, {b"label-000000001": b"changed"})
    assert WordLmdb.at(folder)[0].label == "changed"
    with pytest.raises(ValueError, match="has changed since this handle was made"):
        before[0]


def test_a_sidecar_that_is_too_short_is_not_taken(tmp_path: Path) -> None:
    words, shorter = made_words(tmp_path / "words"), made_words(tmp_path / "shorter", range(19))
    (shorter.path / "records.parquet").replace(words.path / "records.parquet")
    for read in (read_all, list):
        with pytest.raises(ValueError, match="the sidecar has 19 rows for 20 records; make it again"):
            read(words)


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])))
def test_a_row_without_facts_is_said_as_any_other(name: str, label: str) -> None:
    made = Word(name, b"", label, (3, 70_000), label)
    assert _plain(made) == content(word_row(made)) == canonical(word_row(made))
