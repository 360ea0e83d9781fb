"""Every published layout, from a tiny look-alike with its defects to words and rejections, and on to a scored table."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from str_pipelines.execution import Execution
from str_pipelines.imaging.decode import encode_png
from str_pipelines.metrics.benchmarks import BENCHMARKS, choose, family_of
from str_pipelines.sources.demo_benchmark_scenes import BENCHMARK_SCENES
from str_pipelines.sources.demo_sets import UNION_PARTS, WORD_SETS, write_listing
from str_pipelines.sources.published.layouts import LAYOUTS
from str_pipelines.sources.published.table import _rows
from str_pipelines.sources.word_config import PublishedSource, ReadWordsParams
from str_pipelines.sources.words import ingest
from str_pipelines.storage.words import WordLmdb

FOLDERS = {
    "IC13_1095": "IC13", "IC13_1015": "IC13", "IC13_857": "IC13", "IC15_2077": "IC15", "IC03_1110": "IC03",
    "IC03_867": "IC03", **{f"Union14M_{part}": "Union14M" for part in UNION_PARTS},
}  # fmt: skip
ICDAR_DEFECTS = {
    "image_missing": 1, "image_truncated": 1, "line_malformed": 1, "listed_before": 1, "path_leaves_root": 1,
}  # fmt: skip
LISTED = (["word", "Fresh Fish"], {"image_missing": 1, "path_leaves_root": 1, "line_without_label": 1})
COCO_WORDS = (["word", "$5,99", "it's"], {"label_empty": 1, "image_missing": 1, "line_malformed": 1})
UNION = (["word", "Öl, 5€"], {"image_missing": 1, "record_malformed": 2})
IIIT = (["PRIVATE", "5", "word"], {"image_missing": 1, "record_malformed": 1, "path_leaves_root": 1})
SVT = (["LIVING", "word"], {"polygon_malformed": 1, "outside_picture": 1, "name_malformed": 1, "image_missing": 1})
QUADS = (["word", "a,b", "crossed"], {"illegible": 1, "line_malformed": 1, "polygon_malformed": 1})
COCO = (
    ["word", "a&b", "half", "edge"],
    {"illegible": 2, "not_printed": 1, "not_english": 1, "record_malformed": 1, "polygon_malformed": 1},
)
TOTAL = (
    ["PAUL", "word", "it's"],
    {"illegible": 1, "label_malformed": 1, "polygon_malformed": 1, "listing_unreadable": 1},
)
EXPECTED: dict[tuple[str, str], tuple[list[str], dict[str, int]]] = {
    ("IIIT5k", "test"): IIIT,
    ("IIIT5k", "train"): IIIT,
    ("SVT", "test"): SVT,
    ("SVT", "train"): SVT,
    ("IC03_1110", "test"): (["word", "Flat 5B", "up", "it's"], {"polygon_no_area": 1}),
    ("IC03_1110", "train"): (["word", "Flat 5B", "up", "it's"], {"polygon_no_area": 1}),
    ("IC03_867", "test"): (["word"], {"not_in_version": 3, "polygon_no_area": 1}),
    ("IC13_1095", "test"): (["PROPER", "[06]", 'say "hi"', "a, b", "word", "x1"], ICDAR_DEFECTS),
    ("IC13_1015", "test"): (["PROPER", "word", "x1"], {**ICDAR_DEFECTS, "not_in_version": 3}),
    ("IC13_857", "test"): (["PROPER", "word"], {**ICDAR_DEFECTS, "not_in_version": 4}),
    ("IC13_1095", "train"): (["Training"], {}),
    ("IC13_scenes", "test"): (["Tiredness", "word", 'a "b"'], {"line_malformed": 1, "image_missing": 1}),
    ("IC13_scenes", "train"): (["Footpath"], {}),
    ("IC15_2077", "test"): (["PROPER", "[06]", 'say "hi"', "a, b", "word", "x1"], ICDAR_DEFECTS),
    ("IC15_2077", "train"): (["Training"], {}),
    ("IC15_scenes", "test"): QUADS,
    ("IC15_scenes", "train"): QUADS,
    ("SVTP", "test"): (["WYNDHAM", "word"], {"line_without_label": 1, "image_missing": 1}),
    ("CUTE80", "test"): (["RONALDO", "word"], {"image_truncated": 1}),
    ("COCOv1.4", "train"): COCO_WORDS,
    ("COCOv1.4", "val"): COCO_WORDS,
    ("COCOv2.0", "val"): COCO,
    ("TotalText", "test"): TOTAL,
    ("TotalText", "train"): TOTAL,
    ("CTW", "test"): (["word", "one, two"], {"illegible": 1, "line_malformed": 1}),
    ("CTW", "train"): (["train & word"], {"illegible": 1, "polygon_malformed": 1, "listing_unreadable": 2}),
    ("HOST", "test"): LISTED,
    ("WOST", "test"): LISTED,
    ("MPSC", "test"): LISTED,
    ("WordArt", "test"): LISTED,
    ("LTB", "test"): LISTED,
    ("Union14M", "train_easy"): (["word", "train"], {"record_malformed": 2}),
    ("Union14M", "train_hard"): (["word", "train"], {"record_malformed": 2}),
    **{(f"Union14M_{part}", "test"): UNION for part in UNION_PARTS},
}
ONLY_BY_HAND = {"IC03_860", "IC15_1811", "COCOText_9825", "COCOText_9896"}
"""Parts of a published set that a list chooses; COCO-Text's are looked for under its own name."""


@pytest.fixture(scope="session")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All look-alikes."""
    root = tmp_path_factory.mktemp("raw sets ä")
    for name, make in {**WORD_SETS, **BENCHMARK_SCENES}.items():
        make(root / name)
    (root / "4.png").write_bytes(encode_png(np.zeros((8, 8, 3), np.uint8)))  # to which ../4.png would lead
    return root


def read(root: Path, here: Execution, name: str, split: str = "test", **options: object) -> WordLmdb:
    source = {"kind": "published", "name": name, "root": root, "split": split, **options}
    return ingest(ReadWordsParams.model_validate({"source": source}), here)


@pytest.mark.parametrize(("name", "split"), EXPECTED)
def test_a_published_set_becomes_words(name: str, split: str, raw: Path, here: Execution) -> None:
    words = read(raw / FOLDERS.get(name, name), here, name, split)
    labels, reasons = EXPECTED[name, split]
    assert [word.label for word in words] == labels
    assert words.manifest.rejected == reasons
    assert all(each.detail and each.record for each in words.rejections())
    assert {word.source for word in words} == {f"{name}/{split}"} and words.manifest.made["source"]["licence"]


def test_every_layout_of_a_benchmark_has_a_look_alike() -> None:
    known = {version.name for name in LAYOUTS for version in family_of(name)}
    assert known >= {each.name for each in BENCHMARKS if "half" not in each.name} - ONLY_BY_HAND


def test_total_text_in_either_form_is_the_same(raw: Path, here: Execution) -> None:
    words = read(raw / "TotalText_mat", here, "TotalText")
    assert [(word.label, word.size) for word in words] == [("PAUL", (80, 30)), ("word", (80, 30))]
    assert words.manifest.rejected == {"illegible": 1, "label_empty": 1, "listing_unreadable": 2}


def test_workers_do_not_show(raw: Path, tmp_path: Path) -> None:
    digests = set()
    for workers, size in ((1, 100), (2, 3)):
        source = {"kind": "published", "name": "IC03_1110", "root": raw / "IC03"}
        params = ReadWordsParams.model_validate({"source": source, "shard_size": size})
        digests.add(ingest(params, Execution(work=tmp_path / str(workers), workers=workers)).digest)
    assert len(digests) == 1


def test_a_document_type_is_said_to_be_the_reason(raw: Path, here: Execution) -> None:
    details = [each.detail for each in read(raw / "CTW", here, "CTW", "train").rejections()]
    assert any("0003.xml:1: a document type is declared" in detail for detail in details)


def test_crops_lie_where_the_annotation_says(raw: Path, here: Execution) -> None:
    sizes = {word.label: word.size for word in read(raw / "IC03", here, "IC03_1110")}
    assert sizes == {"word": (81, 31), "Flat 5B": (78, 30), "up": (80, 30), "it's": (80, 30)}
    coco = {word.label: word.size for word in read(raw / "COCOv2.0", here, "COCOv2.0", "val")}
    assert coco["word"] == (84, 34) and coco["edge"] == (82, 34)  # 2 pixels more on each side, as far as there are any
    (bent, _) = read(raw / "CTW", here, "CTW")
    assert bent.size == (80, 28)


def test_the_full_original_is_known_by_its_count(tmp_path: Path, here: Execution) -> None:
    """ICDAR 2013 as published, as to the number of words that each version leaves out."""
    labels = [f"Word{n}" for n in range(857)] + [f"{n:02d}" for n in range(100)] * 2
    labels = labels[:1015] + [f"a-{n}" for n in range(80)]
    image = encode_png(np.full((8, 20, 3), 90, np.uint8))
    (tmp_path / "test").mkdir()
    for number in range(1, 1096):
        (tmp_path / f"test/word_{number}.png").write_bytes(image)
    write_listing(
        tmp_path / "test/gt.txt", [f'word_{n}.png, "{label}"' for n, label in enumerate(labels, 1)], mark=True
    )
    for name in ("IC13_1095", "IC13_1015", "IC13_857"):
        words = read(tmp_path, here, name)
        assert choose({f"sets/{name}": len(words)}, ()) == ({name: f"sets/{name}"}, {})
        assert choose({"IC13": len(words)}, ()) == ({name: "IC13"}, {})
    only = tmp_path / "chosen.txt"
    write_listing(only, [f"word_{n}.png" for n in range(1, 6)])
    assert len(read(tmp_path, here, "IC13_1095", only=only)) == 5


def damaged(data: bytes, seed: int) -> bytes:
    """Bytes changed, cut out or put in, or the end missing."""
    rng, changed = random.Random(seed), bytearray(data)
    for _ in range(rng.choice((1, 1, 3, 10))):
        place = rng.randrange(len(changed))
        how = rng.randrange(4)
        if how == 0:
            changed[place] = rng.randrange(256)
        elif how == 1:
            del changed[place : place + rng.randrange(1, 20)]
        elif how == 2:
            changed[place:place] = rng.choice(AWKWARD)
        else:
            changed = changed[:place]
        changed = changed or bytearray(b"x")
    return bytes(changed)


AWKWARD = (
    b'"',
    b"\x00",
    b"[[",
    b"&x;",
    b"\xff\xfe",
    b"NaN",
    b"1e999",
    b"../",
    b"\r\n",
    b"<a>",
    b"{",
    b"null",
    b"9" * 400,
)


@pytest.mark.parametrize("seed", range(5))
def test_damaged_listings_give_rows_or_say_which_file_it_is(seed: int, raw: Path) -> None:
    for name, split in EXPECTED:
        root = raw / FOLDERS.get(name, name)
        for file in LAYOUTS[name].listings(root, split) if name != "IIIT5k" else ():
            whole = file.read_bytes()
            try:
                file.write_bytes(damaged(whole, seed))
                rows = list(_rows(PublishedSource(kind="published", name=name, root=root, split=split)))
                assert "".join(value for row in rows for value in row.values()).encode() or not rows
            except ValueError as error:
                assert not isinstance(error, UnicodeError) and str(root) in str(error)
            finally:
                file.write_bytes(whole)
