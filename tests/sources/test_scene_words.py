from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from str_pipelines.execution import Execution
from str_pipelines.imaging.crop import rectify
from str_pipelines.imaging.decode import decode, encode_png
from str_pipelines.records import Instance, Scene
from str_pipelines.sources.config import BenchmarkSource
from str_pipelines.sources.scene_words import benchmark_words, scene_words
from str_pipelines.storage.scenes import SceneLmdb, SceneWriter

PIXELS = np.random.default_rng(0).integers(0, 256, (90, 120, 3), dtype=np.uint8)
FLAT = [[10, 10], [70, 10], [70, 34], [10, 34]]
TILTED = [[10, 40], [80, 52], [77, 76], [7, 64]]
COLUMN = [[90, 10], [110, 10], [110, 80], [90, 80]]


def annotation(polygon: list[list[int]], text: str, **changes: Any) -> dict[str, Any]:
    return {"polygon": polygon, "text": text, "language": "Latin", "valid": True, **changes}


@pytest.fixture
def source(tmp_path: Path) -> BenchmarkSource:
    """One photograph with words, one that is broken, one that is missing."""
    folder = tmp_path / "street"
    (folder / "images").mkdir(parents=True)
    (folder / "images/a.png").write_bytes(encode_png(PIXELS))
    (folder / "images/b.png").write_bytes(encode_png(PIXELS)[:300])
    words = [
        annotation(FLAT, "OPEN"),
        annotation(TILTED, "Sale", language=""),
        annotation(COLUMN, "bar"),
        annotation(FLAT, "???", valid=False),
        annotation([[1, 1], [2, 1], [2, 2]], "dot"),
    ]
    entries = [{"img_name": name, "annotations": words} for name in ("a.png", "b.png", "c.png")]
    (folder / "test.json").write_text(json.dumps({"data_list": entries}))
    return BenchmarkSource(kind="benchmark", root=tmp_path, sets=("street",))


def test_words_are_cut_along_their_quads_and_stand_upright(source: BenchmarkSource, here: Execution) -> None:
    words = list(benchmark_words(source, here))
    assert [(word.id, word.label) for word in words] == [
        ("street/a.png#0", "OPEN"), ("street/a.png#1", "Sale"), ("street/a.png#2", "bar"),
    ]  # fmt: skip
    np.testing.assert_array_equal(decode(words[0].image), PIXELS[10:34, 10:70])
    np.testing.assert_array_equal(decode(words[1].image), rectify(PIXELS, TILTED))
    np.testing.assert_array_equal(decode(words[2].image), np.rot90(PIXELS[10:80, 90:110]))
    assert [word.size for word in words] == [(60, 24), (71, 24), (70, 20)]


def test_what_cannot_be_cut_says_why(source: BenchmarkSource, here: Execution) -> None:
    rejections = {each.record: each.reason for each in benchmark_words(source, here).rejections()}
    assert rejections == {
        "street/a.png#3": "marked_invalid",
        "street/a.png#4": "polygon_no_area",
        "street/b.png": "image_truncated",
        "street/c.png": "image_missing",
    }


def test_a_changed_listing_makes_other_words(source: BenchmarkSource, here: Execution) -> None:
    before = benchmark_words(source, here)
    listing = source.root / "street/test.json"
    listing.write_text(listing.read_text().replace("OPEN", "SHUT"))
    after = benchmark_words(source, here)
    assert after[0].label == "SHUT" and after.digest != before.digest


def test_a_scene_lmdb_is_cut_alike(tmp_path: Path, here: Execution) -> None:
    quad = tuple((float(x), float(y)) for x, y in TILTED)
    with SceneWriter(tmp_path / "scenes") as writer:
        writer.add(Scene("s/a", encode_png(PIXELS), (Instance(quad, "Sale"), Instance(quad, "")), "s"))
        writer.add(Scene("s/b", b"no picture", (Instance(quad, "Sale"),), "s"))
        writer.finish()
    words = scene_words(SceneLmdb.at(tmp_path / "scenes"), here)
    assert [word.id for word in words] == ["s/a#0"]
    np.testing.assert_array_equal(decode(words[0].image), rectify(PIXELS, TILTED))
    assert [each.reason for each in words.rejections()] == ["no_text", "image_unreadable"]
