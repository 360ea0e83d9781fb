"""What a published set lists becomes words, or says why not, whoever does it and however often."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from str_pipelines.execution import Execution
from str_pipelines.imaging.decode import decode, encode_png
from str_pipelines.imaging.quads import quad_of
from str_pipelines.records import Rejection
from str_pipelines.sources.demo_raw import photograph
from str_pipelines.sources.published import source as module
from str_pipelines.sources.published import table
from str_pipelines.sources.published.entry import Entry, Layout, box_points
from str_pipelines.sources.published.layouts import LAYOUTS
from str_pipelines.sources.word_config import ReadWordsParams, word_source_of
from str_pipelines.sources.words import ingest
from str_pipelines.storage.words import WordLmdb
from tests.sources.conftest import picture

BOXES = np.zeros((0, 4, 2), np.float32)
UPRIGHT = box_points(10, 5, 30, 12)
SLANTED = np.array([(10, 20), (40, 24), (40, 36), (10, 32)], np.float32)
CURVED = np.array([(5, 20), (25, 10), (45, 20), (45, 30), (25, 22), (5, 30)], np.float32)
LISTED = [
    Entry("a.png#0", "a.png", "upright", UPRIGHT, "Latin"),
    Entry("a.png#1", "a.png", "slanted", SLANTED),
    Entry("a.png#2", "a.png", "curved", CURVED),
    Entry("a.png#3", "a.png", "over", box_points(-1, 0, 40, 12)),
    Entry("a.png#4", "a.png", "away", box_points(-30, 0, 40, 12)),
    Entry("a.png#5", "a.png", "nan", UPRIGHT * np.nan),
    Entry("a.png#6", "a.png", "two", UPRIGHT[:2]),
    Entry("a.png#7", "a.png", "###", UPRIGHT, refusal=("illegible", "marked so")),
    Entry("a.png#0", "a.png", "again", UPRIGHT),
    Entry("a.png#8", "a.png", "", UPRIGHT),
    Entry("a.png#9", "a.png", "half \ud800", UPRIGHT),
    Rejection("list.txt", "line 11", "line_malformed", "no comma"),
    Entry("cut.png#0", "cut.png", "cut", UPRIGHT),
    Entry("gone.png#0", "gone.png", "gone", UPRIGHT),
    Entry("../out.png#0", "../out.png", "out", UPRIGHT),
    Entry("b.png", "b.png", "whole"),
]
REASONS = {
    "a.png#4": "outside_picture", "a.png#5": "polygon_not_finite", "a.png#6": "polygon_malformed",
    "a.png#7": "illegible", "a.png#0": "listed_before", "a.png#8": "label_empty", "a.png#9": "label_malformed",
    "line 11": "line_malformed", "cut.png#0": "image_truncated", "gone.png#0": "image_missing",
    "../out.png#0": "path_leaves_root",
}  # fmt: skip


def listed(root: Path, split: str) -> Iterator[Entry | Rejection]:
    """What the list of a made-up set says."""
    if "broken" in (root / f"{split}.txt").read_text():
        raise ValueError(f"{root / split}.txt:1: broken")
    yield from LISTED[:-1]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setitem(LAYOUTS, "made", Layout(listed, {"test": ("test.txt",)}, "mine"))
    root = tmp_path / "set"
    root.mkdir()
    for name in ("a.png", "b.png", "../out.png"):
        (root / name).write_bytes(encode_png(photograph((), BOXES, 1, (60, 50))))
    (root / "cut.png").write_bytes(picture(size=(50, 60))[:300])
    (root / "test.txt").write_text("a list\n")
    return root


def read(root: Path, where: Execution, name: str = "made", **options: Any) -> WordLmdb:
    how = {key: options.pop(key) for key in ("limit", "shard_size", "min_width") if key in options}
    source = {"kind": "published", "name": name, "root": root, **options}
    return ingest(ReadWordsParams.model_validate({"source": source, **how}), where)


def test_every_entry_is_a_word_or_says_why_not(root: Path, here: Execution) -> None:
    words = read(root, here)
    assert [word.label for word in words] == ["upright", "slanted", "curved", "over"]
    assert {each.record: each.reason for each in words.rejections()} == REASONS
    assert words.manifest.made["source"]["licence"] == "mine"
    first = next(iter(words))
    assert (first.id, first.source, first.size) == ("a.png#0", "made/test", (30, 12))
    assert first.facts == {"language": "Latin", "quad": [10, 5, 40, 5, 40, 17, 10, 17]}
    assert [word.size for word in words][3] == (39, 12)


def test_an_upright_box_is_cut_as_it_is_and_a_slanted_one_laid_upright(root: Path, here: Execution) -> None:
    scene = decode((root / "a.png").read_bytes())
    quads, boxes = (list(read(root, here, quality=100, crop=crop)) for crop in ("quad", "box"))
    assert np.abs(decode(quads[0].image).astype(int) - scene[5:17, 10:40]).mean() < 4
    assert quads[0].image == boxes[0].image
    assert (quads[1].size, boxes[1].size) == ((30, 12), (30, 16))
    assert (quads[2].facts["quad"], boxes[2].facts["quad"]) == (
        quad_of([(x, y) for x, y in CURVED.tolist()]).ravel().round(2).tolist(),
        [5, 10, 45, 10, 45, 30, 5, 30],
    )


def test_a_picture_that_is_the_word_is_stored_as_it_lies(
    root: Path, here: Execution, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = [LISTED[-1], Entry("cut.png", "cut.png", "cut"), Entry("no", "../out.png", "out")]
    monkeypatch.setitem(LAYOUTS, "made", Layout(lambda *_: iter(whole), {"test": ("test.txt",)}, "mine"))
    words = read(root, here)
    assert [(word.id, word.label, word.size) for word in words] == [("b.png", "whole", (60, 50))]
    assert words[0].image == (root / "b.png").read_bytes()
    assert {each.record: each.reason for each in words.rejections()} == {
        "cut.png": "image_truncated", "no": "path_leaves_root",
    }  # fmt: skip


def test_workers_shards_and_restarts_do_not_show(root: Path, tmp_path: Path) -> None:
    digests = {
        read(root, Execution(backend="serial", work=tmp_path / str(size)), shard_size=size).digest
        for size in (1, 3, 100)
    }
    assert len(digests) == 1


def test_the_listing_is_parsed_once(root: Path, here: Execution, monkeypatch: pytest.MonkeyPatch) -> None:
    first = read(root, here)
    monkeypatch.setattr(table, "_rows", lambda _: pytest.fail("parsed again"))
    assert read(root, here, limit=2).digest != first.digest and read(root, here).digest == first.digest


def test_a_photograph_that_was_put_right_is_seen(root: Path, here: Execution) -> None:
    before = read(root, here)
    (root / "gone.png").write_bytes(picture(3, (50, 60)))
    after = read(root, here, limit=1)
    (root / "a.png").write_bytes((root / "gone.png").read_bytes())
    assert len(read(root, here)) == len(before) + 1 and read(root, here, limit=1)[0].image != after[0].image


def test_a_photograph_is_decoded_once(root: Path, here: Execution, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: list[str] = []
    real = module._photograph.__wrapped__

    @lru_cache(maxsize=1)
    def photograph(root: str, name: str) -> Any:
        decoded.append(name)
        return real(root, name)

    monkeypatch.setattr(module, "_photograph", photograph)
    read(root, here)
    assert decoded == ["a.png", "cut.png", "gone.png", "../out.png"]


def test_a_broken_or_missing_listing_is_named(root: Path, here: Execution) -> None:
    (root / "test.txt").write_text("broken\n")
    with pytest.raises(ValueError, match=r"test\.txt:1: broken"):
        read(root, here)
    (root / "test.txt").unlink()
    with pytest.raises(FileNotFoundError, match=r"test\.txt is missing; ingest\.words\.read\.source\.root"):
        read(root, here)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": "svt"}, "did you mean SVT or SVTP"),
        ({"name": "IC15"}, "did you mean IC15_2077 or IC15_scenes"),
        ({"name": "cute"}, "did you mean CUTE80"),
        ({"name": "SVT", "split": "val"}, "it has train, test"),
        ({}, "no set"),
    ],
)
def test_a_misspelt_set_or_split_is_refused(given: dict[str, str], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        word_source_of({"kind": "published", **given})


def test_a_version_keeps_some_labels(root: Path, here: Execution, monkeypatch: pytest.MonkeyPatch) -> None:
    version = Layout(listed, {"test": ("test.txt",)}, "mine", lambda label: "u" in label, "words with a u")
    monkeypatch.setitem(LAYOUTS, "made", version)
    words = read(root, here)
    assert [word.label for word in words] == ["upright", "curved"]
    assert words.manifest.rejected["not_in_version"] > 1


def test_a_list_chooses_words(root: Path, here: Execution, tmp_path: Path) -> None:
    only = tmp_path / "only.txt"
    only.write_text("a.png#1\r\na.png#7\ncut.png\n")
    words = read(root, here, only=only)
    assert [word.label for word in words] == ["slanted"]
    reasons = {each.record: each.reason for each in words.rejections()}
    assert (reasons["a.png#7"], reasons["cut.png#0"]) == ("illegible", "image_truncated")
    assert words.manifest.rejected["not_in_version"] > 5
    only.write_text("a.png#1\nnone.png\n")
    with pytest.raises(ValueError, match=r"only\.txt: 1 names, such as 'none\.png', are not in made"):
        read(root, here, only=only)
