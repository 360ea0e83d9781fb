"""MJSynth as a tree and as an archive gives the same words, and its known defects become rejections."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from str_pipelines.execution import Execution
from str_pipelines.records import Refused
from str_pipelines.sources.demo_raw import make_mj, pack_mj
from str_pipelines.sources.mj import BROKEN, INNER, MjTree, label_of
from str_pipelines.sources.mj_archive import MjArchive, open_mj
from str_pipelines.sources.word_config import MjSource, ReadWordsParams
from str_pipelines.sources.words import ingest
from str_pipelines.storage.words import WordLmdb

REASONS = {
    "1/1/3_Candle_2.jpg": "image_empty",
    "1/2/6_Forest_5.jpg": "image_truncated",
    "2/2/77_missing_4.jpg": "image_missing",
    "2/1/12_Lantern_0.jpg": "lexicon_differs",
    "1/1/1_anchor_0.jpg": "listed_before",
}
UNLISTED = {"1/1/99_Unlisted_3.jpg": "not_listed", "1/2/9_Island_8.jpg": "not_listed"}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return make_mj(tmp_path / "mjsynth")


@pytest.fixture
def archive(tree: Path) -> Path:
    return pack_mj(tree, tree.with_name("mjsynth.tar.gz"))


def read(root: Path, here: Execution, **options: Any) -> WordLmdb:
    source = {"kind": "mj", "root": root, **options.pop("source", {})}
    return ingest(ReadWordsParams.model_validate({"source": source, **options}), here)


def reasons(words: WordLmdb) -> dict[str, str]:
    return {
        each.record.split(": ")[-1].split("./")[-1].removeprefix("train/"): each.reason for each in words.rejections()
    }


def test_labels_are_the_names_with_their_case(tree: Path, here: Execution) -> None:
    words = list(read(tree, here))
    assert [word.label for word in words][:5] == ["anchor", "BRIDGE", "dragon", "EMBER", "garden"]
    assert (words[0].id, words[0].source) == ("train/1/1/1_anchor_0.jpg", "mjsynth/train")
    assert {word.source for word in words} == {"mjsynth/train", "mjsynth/val", "mjsynth/test"}
    assert words[1].image == (tree / INNER / "1/1/2_BRIDGE_1.jpg").read_bytes()


def test_defects_become_rejections(tree: Path, archive: Path, here: Execution) -> None:
    assert reasons(read(tree, here)) == REASONS
    assert reasons(read(archive, here)) == REASONS | UNLISTED


def test_the_archive_gives_the_words_of_the_tree(tree: Path, archive: Path, here: Execution) -> None:
    before = sorted(archive.parent.rglob("*"))
    trees, archives = (
        {word.id: (word.image, word.label, word.source) for word in read(root, here)} for root in (tree, archive)
    )
    assert trees == archives
    assert [path for path in archive.parent.rglob("*") if path not in before and here.work not in path.parents] == [
        here.work
    ]


def test_the_root_may_be_where_the_listings_lie(tree: Path, here: Execution) -> None:
    assert read(tree / INNER, here).count == read(tree, here).count


def test_splits_are_chosen(tree: Path, archive: Path, here: Execution) -> None:
    for root in (tree, archive):
        words = read(root, here, source={"splits": "val test"})
        assert [word.label for word in words] == ["Orchard", "pepper", "QUARRY", "Ribbon", "summit", "TUNNEL"]
        assert set(reasons(words).values()) <= {"not_listed"}


@pytest.mark.parametrize("limit", [1, 14, 16, 100])
def test_a_limit_goes_over_splits(tree: Path, here: Execution, limit: int) -> None:
    words = read(tree, here, limit=limit)
    assert len(words) + sum(words.manifest.rejected.values()) == min(limit, 21)


def test_shards_and_workers_do_not_show(tree: Path, archive: Path, tmp_path: Path) -> None:
    for root in (tree, archive):
        digests = {
            read(root, Execution(work=tmp_path / f"{root.name}{size}", workers=workers), shard_size=size).digest
            for size, workers in ((100, 1), (3, 2))
        }
        assert len(digests) == 1


def test_shards_of_an_archive_come_in_any_order(archive: Path, here: Execution) -> None:
    source = MjArchive(MjSource(kind="mj", root=archive), here)
    whole = list(source.words(range(len(source))))
    spans = [range(12, 18), range(3, 7), range(7, 12), range(18, len(source)), range(3)]
    apart = {span: list(source.words(span)) for span in spans}
    assert [found for span in sorted(spans, key=lambda span: span.start) for found in apart[span]] == whole


def test_a_known_broken_picture_is_named_as_such() -> None:
    assert len(BROKEN) == 33
    with pytest.raises(Refused, match="known_broken"):
        label_of("2069/4/192_whittier_86389.jpg", "86389", ())


@pytest.mark.parametrize(
    ("path", "place", "lexicon", "found"),
    [
        ("1/2/3_Word_0.jpg", "0", ("word",), "Word"),
        ("1/2/3_two_words_1.jpg", "1", (), "two_words"),
        ("a_b/2/3_x_1.jpg", "1", (), "x"),
        ("1/2/3_Word_0.jpg", "1", (), "lexicon_differs"),
        ("1/2/3_Word_0.jpg", "", (), "lexicon_differs"),
        ("1/2/3_Word_5.jpg", "5", ("word",), "lexicon_differs"),
        ("1/2/3_Word_0.jpg", "0", ("other",), "lexicon_differs"),
        ("1/2/Word_0.jpg", "0", (), "name_malformed"),
        ("1/2/3__0.jpg", "0", (), "name_malformed"),
        ("1/2/3_Word.jpg", "0", (), "name_malformed"),
        ("jpg", "0", (), "name_malformed"),
    ],
)
def test_the_label_stands_between_number_and_place(path: str, place: str, lexicon: Sequence[str], found: str) -> None:
    try:
        assert label_of(path, place, lexicon) == found
    except Refused as refused:
        assert refused.reason == found


def test_what_is_missing_is_named(tree: Path, archive: Path, here: Execution) -> None:
    source = MjSource(kind="mj", root=tree)
    (tree / INNER / "annotation_val.txt").unlink()
    with pytest.raises(FileNotFoundError, match=r"annotation_val\.txt is missing; ingest\.words\.read\.source\.root"):
        MjTree(source, here)
    assert len(MjTree(source.model_copy(update={"splits": ("train",)}), here)) == 15
    with pytest.raises(ValueError, match=r"mjsynth\.tar\.gz: annotation_other\.txt is not in it"):
        open_mj(MjSource(kind="mj", root=archive, splits=("other",)), here)


def test_a_change_is_seen(tree: Path, archive: Path, here: Execution) -> None:
    for root, file in ((tree, tree / INNER / "2/2/20_TUNNEL_19.jpg"), (archive, archive)):
        source = MjSource(kind="mj", root=root)
        before = open_mj(source, here).digest
        assert open_mj(source, here).digest == before
        if file == archive:
            pack_mj(tree, archive)
        else:
            file.write_bytes(b"other")
        assert open_mj(source, here).digest != before
