"""Large annotated sets become words or reasons, in bounded memory, whatever their annotations hold."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image

from str_pipelines.execution import Execution
from str_pipelines.imaging.decode import decode
from str_pipelines.records import Rejection
from str_pipelines.sources import streams
from str_pipelines.sources.demo_large_sets import LARGE_SETS
from str_pipelines.sources.published import hccdoc, open_images, transcribed
from str_pipelines.sources.published.entry import Entry
from str_pipelines.sources.published.layouts import LAYOUTS
from str_pipelines.sources.published.table import entries_table
from str_pipelines.sources.word_config import PublishedSource, ReadWordsParams
from str_pipelines.sources.words import ingest
from str_pipelines.storage.words import WordLmdb

FOUR = ["Open, 24h", "turned", "curved", "HOTEL"]
FOUND: dict[tuple[str, str, str], tuple[list[str], dict[str, str]]] = {
    ("TextOCR", ".", "train"): (
        [*FOUR, "it's"],
        {
            "train/two.jpg#two_4": "illegible", "train/gone.jpg#gone_6": "image_missing",
            "annotation unlisted_7": "image_not_listed", "../out.jpg#out_8": "path_leaves_root",
            "train/two.jpg#two_9": "polygon_malformed",
        },
    ),
    ("OpenVINO", ".", "train_1"): (
        ["Open", "caf\u00e9", "second", "it's"],
        {
            "train_1/one.jpg#4": "illegible", "annotation 3": "record_malformed", "annotation 5": "polygon_malformed",
            "annotation 7": "image_not_listed", "train_1/gone.jpg#6": "image_missing",
        },
    ),
    ("MLT19", "words", "train"): (
        ["Open, 24h", "\u0645\u0643\u0629"],
        {
            "train/word_3.png": "illegible", "train/word_4.png": "label_empty", "line 5": "line_malformed",
            "train/word_6.png": "image_missing",
        },
    ),
    ("MLT19_scenes", "scenes", "train"): (
        ["Open, 24h", "turned", "\ud55c\uad6d"],
        {
            "train/tr_img_00001.jpg#3": "illegible", "line 5": "line_malformed",
            "train/tr_img_00002.jpg#1": "image_missing",
        },
    ),
    ("ArT", ".", "train"): (
        ["Open", "LocaL#3", "\u8def\u53e3"],
        {
            "train_task2_images/gt_2_0.jpg": "illegible", "train_task2_images/gt_3_0.jpg": "illegible",
            "gt_8_0": "record_malformed", "train_task2_images/gt_9_0.jpg": "image_missing",
        },
    ),
    ("ArT_scenes", ".", "train"): (
        FOUR,
        {
            "train_images/gt_two.jpg#0": "illegible", "train_images/gt_two.jpg#1": "polygon_malformed",
            "train_images/gt_gone.jpg#0": "image_missing", "train_images/gt_none.jpg": "annotations_malformed",
        },
    ),
    ("LSVT", ".", "train"): (
        [*FOUR, "\u8def\u53e3"],
        {
            "train_full_images_1/gt_two.jpg#1": "illegible", "train_full_images_1/gt_two.jpg#2": "polygon_missing",
            "train_full_images_0/gt_gone.jpg#0": "image_missing",
        },
    ),
    ("ReCTS", ".", "train"): (
        FOUR[:2],
        {
            "img/train_ReCTS_000001.jpg#2": "illegible", "img/train_ReCTS_000002.jpg": "annotations_malformed",
            "img/train_ReCTS_000003.jpg": "listing_unreadable",
        },
    ),
    ("RCTW17", ".", "train"): (
        ["Open, 24h", 'say "hi"'],
        {
            "train/image_0.jpg#2": "illegible", "train/image_0.jpg#3": "illegible", "line 5": "polygon_malformed",
            "line 6": "line_malformed", "line 1": "line_not_utf8",
        },
    ),
    ("Uber", ".", "train"): (FOUR, {"train/1Kx1K/img_1.jpg#5": "illegible", "line 6": "line_malformed"}),
    ("SCUT-HCCDoc", ".", "train"): (
        ["line 1", "line 2", "line 3", "line 4"],
        {"note 0": "record_malformed", "image/a/two.jpg#1": "polygon_malformed"},
    ),
    ("SCUT-HCCDoc", ".", "val"): (
        ["line 0", "line 5"],
        {"note 0": "record_malformed", "image/a/two.jpg#0": "record_malformed"},
    ),
}  # fmt: skip
"""Of each set, with its folder below that of the demo and its split, the labels, and the reasons by record."""


def made(root: Path, name: str) -> Path:
    LARGE_SETS[name.removesuffix("_scenes")](root)
    (root.parent / "out.jpg").write_bytes(b"what no set may reach")
    return root


def source(root: Path, name: str, split: str = "train") -> PublishedSource:
    return PublishedSource.model_validate({"kind": "published", "name": name, "root": root, "split": split})


def read(root: Path, where: Execution, name: str, split: str = "train", **options: Any) -> WordLmdb:
    return ingest(ReadWordsParams(source=source(root, name, split), **options), where)


@pytest.mark.parametrize(("name", "folder", "split"), FOUND)
def test_every_word_of_a_look_alike_is_read_or_says_why_not(
    tmp_path: Path, here: Execution, name: str, folder: str, split: str
) -> None:
    words = read(made(tmp_path / "set", name) / folder, here, name, split)
    labels, reasons = FOUND[name, folder, split]
    assert [word.label for word in words] == labels
    assert {each.record: each.reason for each in words.rejections()} == reasons
    assert words.manifest.made["source"]["licence"] == LAYOUTS[name].licence


def test_scripts_are_kept_and_words_stand_as_they_were_written(tmp_path: Path, here: Execution) -> None:
    words = list(read(made(tmp_path / "set", "MLT19") / "scenes", here, "MLT19_scenes"))
    assert [word.facts["language"] for word in words] == ["Latin", "Latin", "Korean"]
    assert [word.size for word in words][1] == (99, 24)  # turned by 20 degrees in its photograph
    downward = list(read(made(tmp_path / "LSVT", "LSVT"), here, "LSVT"))[-1]
    assert (downward.id, downward.size) == ("train_full_images_1/gt_two.jpg#0", (26, 120))


def test_a_photograph_is_not_turned_as_its_exif_says(tmp_path: Path, here: Execution) -> None:
    """Polygons are those of the pixels as they are stored: MMOCR's documents say so of ICDAR, CTW and Total-Text."""
    root = made(tmp_path / "set", "TextOCR")
    plain = [word.image for word in read(root, here, "TextOCR")]
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    jpeg = (root / "train/one.jpg").read_bytes()
    segment = b"Exif\x00\x00" + exif.tobytes().removeprefix(b"Exif\x00\x00")
    (root / "train/one.jpg").write_bytes(jpeg[:2] + b"\xff\xe1" + (len(segment) + 2).to_bytes(2) + segment + jpeg[2:])
    assert decode((root / "train/one.jpg").read_bytes()).shape == (200, 150, 3)
    assert [word.image for word in read(root, here, "TextOCR")] == plain


def test_words_of_a_photograph_are_read_together_however_they_are_listed(tmp_path: Path, here: Execution) -> None:
    pictures = [
        word.id.partition("#")[0] for word in read(made(tmp_path / "set", "OpenVINO"), here, "OpenVINO", "train_1")
    ]
    assert pictures == ["train_1/one.jpg"] * 3 + ["train_1/two.jpg"]


def test_workers_and_shards_do_not_show(tmp_path: Path) -> None:
    root = made(tmp_path / "set", "TextOCR")
    digests = {
        read(root, Execution(work=tmp_path / str(workers), workers=workers), "TextOCR", shard_size=size).digest
        for size, workers in ((100, 1), (3, 2))
    }
    assert len(digests) == 1


@pytest.mark.parametrize(
    ("name", "split", "listing"),
    [
        ("TextOCR", "train", "TextOCR_0.1_train.json"),
        ("OpenVINO", "validation", "text_spotting_openimages_v5_validation.json"),
        ("ArT", "train", "train_task2_labels.json"),
        ("LSVT", "train", "train_full_labels.json"),
        ("SCUT-HCCDoc", "test", "hccdoc_test.json"),
    ],
)
def test_a_listing_that_is_cut_or_missing_is_named(
    tmp_path: Path, here: Execution, name: str, split: str, listing: str
) -> None:
    file = made(tmp_path / "set", name) / listing
    whole = file.read_bytes()
    for share in (0.0, 0.3, 0.6, 0.99):
        file.write_bytes(whole[: int(share * len(whole))])
        with pytest.raises(ValueError, match=rf"{listing}: not JSON at byte \d+.*copy it again"):
            entries_table(source(tmp_path / "set", name, split), here)
    file.unlink()
    with pytest.raises(FileNotFoundError, match=listing):
        read(tmp_path / "set", here, name, split)


@pytest.mark.parametrize("name", ["../out", "../../out", "/etc/passwd", "x/../../out", "a\x00", "y" * 500, "\n"])
def test_no_name_in_a_listing_leads_out_of_the_root(tmp_path: Path, here: Execution, name: str) -> None:
    root = made(tmp_path / "set", "LSVT")
    place = {"points": [[1, 1], [60, 1], [60, 30], [1, 30]], "illegibility": False}
    good = [{**place, "transcription": "good"}]
    (root / "train_full_labels.json").write_text(json.dumps({"gt_one": good, name: good}))
    words = read(root, here, "LSVT")
    [fault] = words.rejections()
    assert [word.label for word in words] == ["good"]
    assert fault.reason in ("path_leaves_root", "image_missing", "name_malformed", "name_too_long", "path_malformed")


def test_annotations_of_any_number_take_little_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "WINDOW", 1 << 12)
    attributes = {"transcription": "word", "legible": True, "language": "english"}
    words = [
        {"image_id": 40 - number % 40, "bbox": [1, 2, 3, 4], "attributes": attributes, "segmentation": [[0.5] * 80]}
        for number in range(1000)
    ]
    images = [{"id": number, "file_name": f"{number}.jpg"} for number in range(1, 41)]
    path = tmp_path / "text_spotting_openimages_v5_train_f.json"
    path.write_text(json.dumps({"annotations": words, "images": images}))
    del words
    tracemalloc.start()
    pictures = [found.picture for found in open_images.openvino(tmp_path, "train_f") if isinstance(found, Entry)]
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(pictures) == 1000 and pictures == sorted(pictures, key=lambda name: int(name[:-4]))
    assert most < path.stat().st_size / 2


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
BOX = st.lists(st.integers(-5, 300) | st.floats() | st.just(10**400), min_size=4, max_size=8)
ANNOTATION = JSON | st.fixed_dictionaries(
    {},
    optional={
        "image_id": JSON | st.just("a"), "points": JSON | BOX, "point": JSON | BOX, "bbox": JSON | BOX, "text": JSON,
        "utf8_string": JSON, "transcription": JSON, "attributes": JSON, "illegibility": JSON, "language": JSON,
    },
)  # fmt: skip
Parse = Callable[[Path, str], Iterator[Entry | Rejection]]
WRITTEN: dict[str, tuple[Parse, str, str, Callable[[list[Any]], Any]]] = {
    "TextOCR": (
        open_images.textocr, "TextOCR_0.1_val.json", "val",
        lambda found: {"imgs": {"a": {"file_name": "a"}}, "anns": dict(zip("abcd", found, strict=False))},
    ),
    "OpenVINO": (
        open_images.openvino, "text_spotting_openimages_v5_train_2.json", "train_2",
        lambda found: {"images": [{"id": "a", "file_name": "a"}, *found], "annotations": found},
    ),
    "ArT": (transcribed.art_words, "train_task2_labels.json", "train", lambda found: {"a": found[:1], "b": found}),
    "LSVT": (transcribed.lsvt, "train_full_labels.json", "train", lambda found: {"a": found, "b": found[0]}),
    "SCUT-HCCDoc": (
        hccdoc.entries, "hccdoc_test.json", "test",
        lambda found: {"annotations": {"x": [{"file_path": "a", "gt": found}, *found], "y": found[0]}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITTEN)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(found=st.lists(ANNOTATION, min_size=1, max_size=4))
def test_whatever_an_annotation_holds_it_is_an_entry_or_says_why_not(
    tmp_path: Path, name: str, found: list[Any]
) -> None:
    parse, listing, split, written = WRITTEN[name]
    (tmp_path / listing).write_text(json.dumps(written(found)))
    for each in parse(tmp_path, split):
        assert isinstance(each, Entry) or (each.reason and each.source.endswith(listing))
