"""Any source becomes the same word LMDB, whoever works on it, with every rejection listed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from str_pipelines.execution import Execution
from str_pipelines.imaging.decode import decode
from str_pipelines.imaging.headers import plain_size
from str_pipelines.records import Refused
from str_pipelines.sources.sizes import decoded_size
from str_pipelines.sources.word_config import ReadWordsParams, WordLmdbSource, word_source_of
from str_pipelines.sources.words import ingest
from str_pipelines.sources.words_card import card
from str_pipelines.storage.words import WordLmdb
from tests.making import foreign
from tests.sources.conftest import picture

LISTING = "a.png\tone\nb.png\t\nc.png\tthree\nd.png\tfo\x01ur\ne.png\tfive\nnothing\nf.png\tOne\n"


def raw(root: Path) -> Path:
    """Six pictures, of which one has no label, one a control character in it, and `c.png` is cut short."""
    root.mkdir()
    (root / "labels.tsv").write_text(LISTING, encoding="utf-8")
    for number, name in enumerate("abcdef"):
        data = picture(number, (20 + number, 60))
        (root / f"{name}.png").write_bytes(data[: len(data) // 2] if name == "c" else data)
    return root


def params(root: Path, **options: Any) -> ReadWordsParams:
    return ReadWordsParams.model_validate({"source": {"kind": "tsv", "root": root}, **options})


def test_words_come_through_as_they_are_and_the_rest_is_listed(tmp_path: Path, here: Execution) -> None:
    root = raw(tmp_path / "raw")
    words = ingest(params(root), here)
    found = list(words)
    assert [(word.id, word.label, word.size, word.source) for word in found] == [
        ("a.png", "one", (60, 20), "raw"),
        ("e.png", "five", (60, 24), "raw"),
        ("f.png", "One", (60, 25), "raw"),
    ]
    assert found[1].image == (root / "e.png").read_bytes()
    assert {rejection.record: rejection.reason for rejection in words.rejections()} == {
        "b.png": "label_empty",
        "c.png": "image_truncated",
        "d.png": "label_control_character",
        "line 6": "line_without_label",
    }


def test_a_look_at_headers_does_not_find_what_is_cut_short(tmp_path: Path, here: Execution) -> None:
    words = ingest(params(raw(tmp_path / "raw"), check="header"), here)
    assert [word.label for word in words] == ["one", "three", "five", "One"]


def test_shards_and_workers_do_not_show(tmp_path: Path) -> None:
    root = raw(tmp_path / "raw")
    digests = {
        ingest(params(root, shard_size=size), Execution(work=tmp_path / str(size), workers=workers)).digest
        for size, workers in ((100, 1), (2, 2))
    }
    assert len(digests) == 1


def test_the_same_again_is_found_done_and_a_picture_put_right_is_seen(tmp_path: Path, here: Execution) -> None:
    root = raw(tmp_path / "raw")
    first = ingest(params(root), here)
    assert ingest(params(root), here) == first
    (root / "c.png").write_bytes(picture(2, (22, 60)))
    assert [word.label for word in ingest(params(root), here)] == ["one", "three", "five", "One"]


def test_an_lmdb_of_somebody_elses_becomes_the_same_words(tmp_path: Path, here: Execution) -> None:
    ours = list(ingest(params(raw(tmp_path / "raw")), here))
    entries: dict[bytes, bytes | None] = {b"num-samples": b"3"}
    for number, word in enumerate(ours, 1):
        entries |= {b"image-%09d" % number: word.image, b"label-%09d" % number: word.label.encode()}
    source = WordLmdbSource(kind="lmdb", root=foreign(tmp_path / "theirs", entries))
    theirs = ingest(ReadWordsParams(source=source), here)
    assert [(word.image, word.label, word.size) for word in theirs] == [(w.image, w.label, w.size) for w in ours]


def test_a_source_without_a_usable_word_says_why(tmp_path: Path, here: Execution) -> None:
    root = raw(tmp_path / "raw")
    (root / "labels.tsv").write_text("x.png\tone\ny.png\ttwo\n")
    with pytest.raises(ValueError, match=r"can be used: 2 image_missing; line 1: x\.png: .*x\.png"):
        ingest(params(root), here)
    (root / "labels.tsv").write_text("")
    with pytest.raises(ValueError, match="can be used: none is listed"):
        ingest(params(root), here)


def test_a_card_counts_words_characters_and_rejections(tmp_path: Path, here: Execution) -> None:
    report = card(ingest(params(raw(tmp_path / "raw"), shard_size=2), here))
    figures = report.metrics["words"]
    assert {name: figures[name] for name in ("kept", "rejected", "labels", "characters", "longest")} == {
        "kept": 3, "rejected": 4, "labels": 3, "characters": 7, "longest": 4,
    }  # fmt: skip
    assert (figures["height_p50"], figures["aspect_p50"]) == (24, 2.5)
    assert report.metrics["rejected"] == {
        "label_empty": 1, "image_truncated": 1, "label_control_character": 1, "line_without_label": 1,
    }  # fmt: skip
    assert report.tables["lengths"] == [{"length": 3, "count": 2}, {"length": 4, "count": 1}]
    assert [row for row in report.tables["characters"] if row["character"] == "e"] == [{"character": "e", "count": 3}]
    assert {row["reason"] for row in report.tables["rejections"]} == set(report.metrics["rejected"])
    assert report.sheets["words"].startswith(b"\x89PNG")


def test_a_source_is_typed_by_its_kind() -> None:
    assert word_source_of({"kind": "lmdb", "root": "x"}) == WordLmdbSource(kind="lmdb", root=Path("x"))
    for values, said in (
        ({"kind": "tvs"}, "'tvs' .* does not match any of the expected tags: 'demo', 'tsv', 'odgt', 'lmdb'"),
        ({"kind": "tsv", "list": "gt.txt"}, "there is no 'list'; did you mean 'listing'?"),
        ({"kind": "tsv", "separator": ","}, "'tab' or 'blank'"),
    ):
        with pytest.raises(ValidationError, match=said):
            word_source_of(values)


def test_a_finished_set_can_be_read_again_as_a_set(tmp_path: Path, here: Execution) -> None:
    words = ingest(params(raw(tmp_path / "raw")), here)
    assert WordLmdb.at(words.path) == words


def test_without_words_of_ones_own_some_are_drawn(here: Execution) -> None:
    source = word_source_of({"kind": "demo", "count": 6})
    words = ingest(ReadWordsParams(source=source, shard_size=4), here)
    assert (len(words), len({word.label for word in words}) > 1) == (6, True)
    assert ingest(ReadWordsParams(source=source, shard_size=3), here) == words
    assert len(ingest(ReadWordsParams(source=source, limit=2), here)) == 2


@given(st.integers(0, 2000), st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 255)), max_size=20))
def test_opencv_fails_at_the_same_jpegs_whether_it_makes_all_pixels_or_not(
    seed: int, changes: list[tuple[int, int]]
) -> None:
    pixels = np.random.default_rng(seed).integers(0, 256, (1 + seed % 40, 1 + seed % 70, 3), np.uint8)
    data = cv2.imencode(".jpg", pixels)[1].copy()
    for at, value in changes:
        data[at % len(data)] = value
    size = plain_size(data.tobytes())
    if size and size[0] * size[1] < 1_000_000:
        full, small = (cv2.imdecode(data, flag) for flag in (cv2.IMREAD_GRAYSCALE, cv2.IMREAD_REDUCED_GRAYSCALE_8))
        assert (full is None) == (small is None)


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
@pytest.mark.parametrize("size", [(1, 1), (3, 70), (60, 2), (20, 90)])
def test_the_size_is_that_of_the_decoded_picture(suffix: str, size: tuple[int, int]) -> None:
    data = cv2.imencode(suffix, np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8))[1].tobytes()
    assert decoded_size(data) == decode(data).shape[1::-1]
    with pytest.raises(Refused, match="image_"):
        decoded_size(data[: len(data) // 2])
