"""SynthText's photographs are decoded once, and every word of theirs is cut out or listed with a reason."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from str_pipelines.execution import Execution
from str_pipelines.imaging.decode import decode, encode_jpeg
from str_pipelines.records import Word
from str_pipelines.sources import synthtext
from str_pipelines.sources.demo_raw import make_generated, make_synthtext, photograph, upright_box, write_gt
from str_pipelines.sources.gt_mat import rows
from str_pipelines.sources.synthtext import SynthText, read_rightwards
from str_pipelines.sources.word_config import ReadWordsParams, StSource
from str_pipelines.sources.words import ingest
from str_pipelines.storage.words import WordLmdb

LABELS = ["the", "[Description", "V8", "V12", 'a/"b"', "end", "tab", "bed", "One", "turned", "nearly"]
REASONS = {
    "2/border_1.jpg#1": "outside_picture",
    "2/border_1.jpg#2": "outside_picture",
    "2/border_1.jpg#3": "outside_picture",
    "2/border_1.jpg#4": "polygon_no_area",
    "2/more_1.jpg": "words_and_boxes_differ",
    "2/none_1.jpg": "no_text_found",
    "3/missing_1.jpg": "image_missing",
    "3/empty_1.jpg": "image_empty",
    "67/fruits_129_1.jpg": "known_mismatch",
    "../outside_1.jpg": "path_leaves_root",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_synthtext(tmp_path / "SynthText")


def read(root: Path, here: Execution, source: dict[str, Any] | None = None, **options: Any) -> WordLmdb:
    chosen = {"kind": "st", "root": root, **(source or {})}
    return ingest(ReadWordsParams.model_validate({"source": chosen, **options}), here)


@pytest.mark.parametrize("crop", ["axis_aligned", "perspective"])
def test_every_word_is_cut_out_or_says_why_not(root: Path, here: Execution, crop: str) -> None:
    words = read(root, here, {"crop": crop})
    assert [word.label for word in words] == LABELS
    assert {each.record: each.reason for each in words.rejections()} == REASONS
    assert all(each.source == str(root / "gt.mat") and each.detail for each in words.rejections())


def test_a_word_says_where_it_comes_from(root: Path, here: Execution) -> None:
    words = list(read(root, here))
    turned, nearly = words[-2:]
    assert (words[1].id, words[1].source, words[1].size) == ("1/plain_1.jpg#1", "synthtext", (80, 30))
    assert nearly.facts["quad"] == [-1.5, 40.0, 88.5, 40.0, 88.5, 70.0, -1.5, 70.0] and nearly.size == (89, 30)
    assert turned.size == (102, 76)
    assert list(read(root, here, {"crop": "perspective"}))[-2].size == (99, 30)


def test_pixels_are_those_of_the_photograph(root: Path, here: Execution) -> None:
    words, scene = list(read(root, here, {"quality": 100})), decode((root / "1/plain_1.jpg").read_bytes())
    difference = decode(words[0].image).astype(int) - scene[8:38, 10:90]
    assert np.abs(difference).mean() < 2


def test_labels_are_those_of_the_common_script(root: Path, here: Execution) -> None:
    """Which strips rows, splits them at blanks and ends of lines, and leaves out what is empty."""
    texts = {
        "1/plain_1.jpg": ["the         ", "[Description", "V8 V12      ", 'a/"b"\nend   '],
        "1/single_1.jpg": ["One"],
    }
    for name, lines in texts.items():
        theirs = list(chain(*(re.split(" \n|\n |\n| ", line.strip()) for line in lines)))
        assert [word.label for word in read(root, here) if word.id.startswith(name)] == [
            each for each in theirs if each
        ]


def test_shards_and_workers_do_not_show(root: Path, tmp_path: Path) -> None:
    digests = {
        read(root, Execution(work=tmp_path / str(size), workers=workers), shard_size=size).digest
        for size, workers in ((100, 1), (2, 2))
    }
    assert len(digests) == 1


def test_a_photograph_is_decoded_once(root: Path, here: Execution, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: list[int] = []
    real = synthtext.decode_bgr
    monkeypatch.setattr(synthtext, "decode_bgr", lambda data, limit: decoded.append(len(data)) or real(data, limit))
    read(root, here)
    assert len(decoded) == 6  # of which one is empty


def test_a_limit_counts_photographs(root: Path, here: Execution) -> None:
    assert [word.label for word in read(root, here, limit=2)] == LABELS[:8]


@pytest.mark.parametrize(("least", "kept"), [((1, 1), 11), ((81, 1), 2), ((1, 31), 1), ((128, 32), 0)])
def test_small_words_are_turned_away(root: Path, here: Execution, least: tuple[int, int], kept: int) -> None:
    sizes = dict(zip(("min_width", "min_height"), least, strict=True))
    if not kept:
        with pytest.raises(ValueError, match="11 too_small"):
            read(root, here, **sizes)
        return
    words = read(root, here, **sizes)
    assert len(words) == kept and words.manifest.rejected.get("too_small", 0) == 11 - kept
    assert all(word.size[0] >= least[0] and word.size[1] >= least[1] for word in words)


def test_the_share_that_has_to_be_seen_is_a_parameter(root: Path, here: Execution) -> None:
    assert [word.label for word in read(root, here, {"min_visible": 0.5})] == [*LABELS, "half"]
    assert [word.label for word in read(root, here, {"min_visible": 1})] == LABELS[:-1]


@pytest.mark.parametrize(
    "name",
    [
        "../secret.jpg",
        "/etc/passwd",
        "1/../../secret.jpg",
        "link.jpg",
        "1/\x00.jpg",
        "folder",
        "x/" * 300,
        "1/" + "y" * 300,
    ]
    + [f"{'../' * depth}secret.jpg" for depth in range(2, 14)],
)
def test_no_name_leads_out_of_the_root(name: str, tmp_path: Path, here: Execution) -> None:
    folder = tmp_path / "SynthText"
    (folder / "folder").mkdir(parents=True)
    box = upright_box(10, 20, 60, 20)[None]
    for path in (tmp_path / "secret.jpg", folder / "a.jpg"):
        path.write_bytes(encode_jpeg(photograph(["word"], box, 0), 90))
    (folder / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    write_gt(folder / "gt.mat", ["a.jpg", name], ["word", "word"], [box, box])
    words = read(folder, here)
    assert [word.id for word in words] == ["a.jpg#0"]
    [fault] = words.rejections()
    assert fault.reason in ("path_leaves_root", "image_missing", "path_too_long", "name_malformed")


def test_a_change_is_seen_and_the_same_is_found_done(root: Path, here: Execution) -> None:
    first = read(root, here)
    assert read(root, here) == first
    (root / "3/missing_1.jpg").write_bytes((root / "1/single_1.jpg").read_bytes())
    assert len(read(root, here)) == len(first) + 1


def test_what_a_source_yields_is_checked_already(root: Path, here: Execution) -> None:
    config = StSource(kind="st", root=root)
    source = SynthText(config, ReadWordsParams(source=config), here)
    assert all(isinstance(word, Word) for word in source.words(range(2)))
    assert len(list(rows(root / "gt.mat"))) == len(source)


def test_words_without_boxes_get_some_by_their_characters(root: Path, here: Execution) -> None:
    words = {word.id: word for word in read(root, here, {"mismatched": "align"})}
    assert [word.label for word in words.values()] == [*LABELS, "two", "words"]
    quad = np.reshape(words["2/more_1.jpg#0"].facts["quad"], (4, 2))
    assert np.abs(quad - upright_box(10, 8, 80, 30)).max() < 0.1


@pytest.mark.parametrize(("angle", "quarters"), [(0, 0), (20, 0), (90, 1), (100, 1), (180, 2), (-90, 3), (-60, 3)])
def test_text_that_does_not_run_rightwards_is_turned_by_quarters(angle: float, quarters: int) -> None:
    """As often as undoes the turn of a picture whose corners are known."""
    word = np.arange(6 * 4 * 3, dtype=np.uint8).reshape(4, 6, 3)
    turned = np.rot90(word, -quarters)
    assert np.array_equal(read_rightwards(turned, upright_box(50, 50, 30, 10, angle).astype(float)), word)


def test_words_are_turned_only_where_that_is_asked_for(tmp_path: Path, here: Execution) -> None:
    box = upright_box(90, 20, 80, 24, 90)[None]
    (tmp_path / "a.jpg").write_bytes(encode_jpeg(photograph(["down"], box, 0), 95))
    write_gt(tmp_path / "gt.mat", ["a.jpg"], ["down"], [box])
    sizes = [next(iter(read(tmp_path, here, {"upright": turn}))).size for turn in (False, True)]
    assert sizes == [(24, 80), (80, 24)]


def test_the_generators_file_has_the_same_words(tmp_path: Path, here: Execution) -> None:
    """Its photographs were never compressed, so words differ by what JPEG did to the others."""
    found = read(make_generated(tmp_path / "generated"), here)
    assert {each.record: each.reason for each in found.rejections() if "#" not in each.record} == {
        "1_blanks_1.jpg_0": "image_unreadable",
        "2_more_1.jpg_0": "words_and_boxes_differ",
        "2_none_1.jpg_0": "no_text_found",
        "linked.jpg_0": "member_no_file",
    }
    published = {word.id: word for word in read(make_synthtext(tmp_path / "SynthText"), here)}
    for word in found:
        like = published[word.id.replace("_", "/", 1).replace("_0#", "#")]
        assert (word.label, word.size, word.facts) == (like.label, like.size, like.facts)
        assert np.abs(decode(word.image).astype(int) - decode(like.image)).mean() < 8
    assert len(found) == 9
