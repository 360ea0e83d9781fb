"""What people's files may be like, and what becomes of each on its way from a listing to painted words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from str_pipelines.execution import Execution
from str_pipelines.imaging.fonts import bundled_fonts
from str_pipelines.records import Table
from str_pipelines.sources.config import AnyWordSource, ScenesParams
from str_pipelines.sources.scenes import ingest
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.storage.tables import rows_of
from str_pipelines.storage.words import WordLmdb
from str_pipelines.synthesis.accept import accept
from str_pipelines.synthesis.anchors import choose
from str_pipelines.synthesis.card import card
from str_pipelines.synthesis.config import AcceptParams, AnchorParams, PaintParams, TextParams
from str_pipelines.synthesis.paint import paint_words
from str_pipelines.synthesis.proposals import propose
from str_pipelines.zoo import load_painter
from tests.making import made_scenes
from tests.sources.conftest import Frame
from tests.synthesis.conftest import as_painted, photograph
from tools.damage import SMOOTH, encoded, with_size

PLACE = [[20, 20], [100, 20], [100, 44], [20, 44]]
STANDING = [[100, 20], [124, 20], [124, 100], [100, 100]]  # in the picture only once it is turned
THIRTY = [[20 + 5 * n, 20 + n % 2] for n in range(15)] + [[90 - 5 * n, 44] for n in range(15)]
PHOTOGRAPH = Image.fromarray(photograph(0))
DEEP = Image.fromarray(photograph(0)[..., 0].astype(np.uint16) << 8)
SOUND, JPEG = encoded(PHOTOGRAPH, "PNG"), encoded(PHOTOGRAPH, "JPEG")


def turned(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encoded(PHOTOGRAPH, "JPEG", exif=exif.tobytes())


PICTURES = {  # what a file holds, and why it is not used; "" where it is
    "sound.png": (SOUND, ""),
    "cmyk.jpg": (encoded(PHOTOGRAPH.convert("CMYK"), "JPEG"), ""),
    "sixteen bits.png": (encoded(DEEP, "PNG"), ""),
    "palette.png": (encoded(PHOTOGRAPH.convert("P"), "PNG"), ""),
    "seen through ä.png": (encoded(PHOTOGRAPH.convert("RGBA"), "PNG"), ""),
    "turned.jpg": (turned(6), ""),
    "panorama.png": (encoded(PHOTOGRAPH.crop((0, 0, 40_000, 140)), "PNG"), ""),  # beyond what OpenCV addresses
    "cut.jpg": (JPEG[: len(JPEG) // 2], "image_truncated"),
    "cut.png": (SOUND[: len(SOUND) // 2], "image_truncated"),
    "empty.jpg": (b"", "image_empty"),
    "page.jpg": (b"<html>404</html>", "image_unreadable"),
    "moving.jpg": (encoded(SMOOTH.convert("P"), "GIF"), "image_unreadable"),
    "huge.png": (with_size(bytearray(SOUND), 9000, 9000), "image_too_large"),
    "bomb.png": (with_size(bytearray(SOUND), 60_000, 60_000), "image_too_large"),
}
WORDS: tuple[tuple[dict[str, Any], str], ...] = (  # what is unusual, and why nothing is painted there, or ""
    ({}, ""),
    ({"polygon": [[20, 20], [100, 20], [60, 60]]}, ""),
    ({"polygon": THIRTY}, ""),
    ({"text": "醉域"}, ""),
    ({"polygon": PLACE[:2]}, "polygon_too_short"),
    ({"polygon": []}, "polygon_too_short"),
    ({"polygon": [[20, 20], [60, 20], [100, 20]]}, "polygon_no_area"),
    ({"polygon": [[30, 30]] * 4}, "polygon_no_area"),
    ({"polygon": [[x + 900, y] for x, y in PLACE]}, "outside_picture"),
    ({"polygon": [[x, y - 20] for x, y in PLACE]}, ""),
    ({"polygon": [[x, y - 30] for x, y in PLACE]}, "outside_picture"),
    ({"polygon": [[1e9, 0], [2e9, 0], [2e9, 50], [1e9, 50]]}, "polygon_not_finite"),
    ({"text": "n" * 1001}, "text_too_long"),
    ({"text": "n" * 26}, "text_too_long"),
    ({"text": "two\nlines"}, "text_control_character"),
    ({"text": "cut\0here"}, "text_control_character"),
    ({"text": ""}, "text_too_short"),
    ({"valid": False}, "marked_invalid"),
)  # fmt: skip


def annotation(**changes: Any) -> dict[str, Any]:
    return {"polygon": PLACE, "text": "OPEN", "language": "Latin", "valid": True, **changes}


def listed(root: Path, pictures: Mapping[str, tuple[bytes, list[dict[str, Any]]]], here: Execution) -> SceneLmdb:
    """A set in AnyWord's layout, ingested."""
    (root / "set/imgs").mkdir(parents=True)
    for name, (data, _) in pictures.items():
        (root / "set/imgs" / name).write_bytes(data)
    entries = [{"img_name": name, "annotations": words} for name, (_, words) in pictures.items()]
    (root / "set/data.json").write_text(json.dumps({"data_list": entries}), encoding="utf-8")
    return ingest(ScenesParams(source=AnyWordSource(kind="anyword", root=root)), here, Frame())


def synthesized(scenes: SceneLmdb, here: Execution, **texts: Any) -> tuple[Table, Table, WordLmdb]:
    """Anchors, jobs and accepted words, a text a place."""
    anchors = choose(scenes, AnchorParams(), here)
    jobs = propose(anchors, TextParams(per_anchor=1, kinds=("word",), **texts), here)
    painter = load_painter(Checkpoint.at("paste"), [str(bundled_fonts()[0])])
    painted = paint_words(jobs, scenes, painter, PaintParams(), here, "paint")
    return anchors, jobs, accept(painted, as_painted(painted, here.work), AcceptParams(), here)


@pytest.fixture
def here(tmp_path: Path) -> Execution:
    return Execution(backend="serial", workers=1, work=tmp_path / "work")


def test_every_picture_is_used_or_says_why_not(tmp_path: Path, here: Execution) -> None:
    places = {"turned.jpg": STANDING}
    pictures = {n: (data, [annotation(polygon=places.get(n, PLACE))]) for n, (data, _) in PICTURES.items()}
    scenes = listed(tmp_path / "a set ä", pictures, here)
    reasons = {rejection.record.removeprefix("set/"): rejection.reason for rejection in scenes.rejections()}
    assert {name: reasons.get(name, "") for name in PICTURES} == {name: why for name, (_, why) in PICTURES.items()}
    _, _, words = synthesized(scenes, here)
    assert sorted(word.facts["scene"] for word in words) == sorted(scenes.ids())
    assert {word.size for word in words} == {(80, 24)}, "one that stands is turned"


def test_every_word_is_painted_over_or_says_why_not(tmp_path: Path, here: Execution) -> None:
    scenes = listed(tmp_path, {"a.png": (SOUND, [annotation(**changes) for changes, _ in WORDS])}, here)
    refused = {rejection.record: rejection.reason for rejection in scenes.rejections()}
    anchors, jobs, words = synthesized(scenes, here)
    left = iter(rows_of(anchors))
    found = [refused.get(f"set/a.png#{n}") or next(left)["reason"] for n in range(len(WORDS))]
    assert found == [reason for _, reason in WORDS]
    assert len(words) == jobs.rows == sum(not reason for _, reason in WORDS)
    assert all(word.label.isascii() for word in words)


def test_a_text_that_no_font_has_is_painted_nowhere_and_listed_everywhere(tmp_path: Path, here: Execution) -> None:
    scenes = listed(tmp_path, {"a.png": (SOUND, [annotation(), annotation()])}, here)
    anchors, jobs, words = synthesized(scenes, here, given="漢字")
    assert len(words) == 0 and words.manifest.rejected == {"no_font": 2}
    assert card(anchors, jobs, words, {}).metrics["rejected"] == {"no_font": 2}


def test_photographs_that_were_damaged_since_are_named(tmp_path: Path, here: Execution) -> None:
    scenes = made_scenes(tmp_path / "scenes")  # of random bytes
    with pytest.raises(ValueError, match=r"scenes: 'set/photo 0' could be decoded once and cannot any more"):
        synthesized(scenes, here)
