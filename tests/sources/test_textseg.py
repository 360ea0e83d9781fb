"""TextSeg's words are cut out with their marks; what is wrong with a photograph or word is said, and costs no other."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from str_pipelines.execution import Execution
from str_pipelines.imaging.decode import decode
from str_pipelines.records import Rejection, Word
from str_pipelines.sources.demo_planes import make_textseg
from str_pipelines.sources.masked_words import ingest
from str_pipelines.sources.plane_config import ReadMaskedParams, TextSegSource, masked_source_of
from str_pipelines.sources.textseg import TextSeg
from str_pipelines.storage.masks import OPEN


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_textseg(tmp_path / "TextSeg")


def params(root: Path, **options: object) -> ReadMaskedParams:
    return ReadMaskedParams.model_validate({"source": {"kind": "textseg", "root": root}, **options})


def test_every_word_is_cut_out_or_says_why_not(root: Path, here: Execution) -> None:
    words = ingest(params(root), here)
    assert {rejection.record: rejection.reason for rejection in words.rejections()} == {
        "train/gone": "image_missing",
        "train/void": "image_empty",
        "train/unmarked": "mask_missing",
        "train/../../outside": "path_leaves_root",
        "train/a00001": "listed_before",
        "train/a00003#0010": "text_malformed",
        "train/a00003#0011": "label_empty",
        "train/a00003#0012": "polygon_too_short",
        "train/a00003#0013": "polygon_malformed",
        "train/a00003#0014": "polygon_no_area",
        "val/smaller": "mask_size_differs",
        "val/strange": "mask_malformed",
        "test/cut": "annotations_malformed",
        "test/a00002": "listed_before",
    }
    found = [(word.id, word.label, word.facts["part"]) for word in words]
    assert found[:2] == [("train/a00001#0000", "amber", "train"), ("train/a00001#0001", "basil", "train")]
    assert [part for *_, part in found] == ["train"] * 6 + ["val"] * 2 + ["test"] * 4
    assert ingest(params(root, shard_size=2), here).digest == words.digest


def test_marks_lie_where_the_letters_are(root: Path) -> None:
    source = TextSeg(TextSegSource(kind="textseg", root=root))
    image, mask = source.again("train/a00001#0000")
    grey = cv2.cvtColor(decode(image), cv2.COLOR_RGB2GRAY).astype(float)
    assert mask.shape == grey.shape and set(np.unique(mask)) == {0, OPEN, 255}
    assert grey[mask == 255].mean() + 40 < grey[mask == OPEN].mean() < grey[mask == 0].mean() - 20  # shadows between


@pytest.mark.parametrize(("derived", "shades"), [("ground", {0, 255}), ("text", {0, 255}), ("open", {0, OPEN, 255})])
def test_shadows_count_as_one_wants(root: Path, derived: str, shades: set[int]) -> None:
    source = masked_source_of({"kind": "textseg", "root": root, "derived": derived})
    [mask] = [TextSeg(source).again("test/a00006#0000")[1]]  # type: ignore[arg-type]
    assert set(np.unique(mask)) == shades
    [open_corner] = [TextSeg(source).again("test/a00005#0000")[1]]  # type: ignore[arg-type]
    assert (open_corner == OPEN).any()


@pytest.mark.parametrize(
    "said", ["[]", '{"train": "a00001"}', '{"train": [1], "val": [], "test": []}', "{", '{"a": NaN}']
)
def test_another_split_json_is_refused_by_name(root: Path, here: Execution, said: str) -> None:
    (root / "split.json").write_text(said)
    with pytest.raises(ValueError, match=r"split\.json: "):
        ingest(params(root), here)


def test_a_picture_put_right_is_seen(root: Path, here: Execution) -> None:
    before = ingest(params(root), here)
    (root / "image/gone.jpg").write_bytes((root / "image/a00001.jpg").read_bytes())
    assert len(ingest(params(root), here)) == len(before) + 2
    (root / "split.json").write_text(json.dumps({"train": ["void"], "val": [], "test": []}))
    with pytest.raises(ValueError, match="no word of .* can be used: .*image_empty"):
        ingest(params(root), here)


@pytest.mark.parametrize(
    "name", ["image/a00001.jpg", "semantic_label/a00001_maskfg.png", "bpoly_label/a00001_anno.json"]
)
def test_damage_anywhere_costs_its_photograph_at_most(root: Path, name: str) -> None:
    (root / "split.json").write_text('{"train": ["a00001", "a00002"], "val": [], "test": []}')
    source, whole = TextSeg(TextSegSource(kind="textseg", root=root)), (root / name).read_bytes()
    rng = np.random.default_rng(0)
    for _ in range(15):
        damaged = bytearray(whole[: int(rng.integers(1, len(whole) + 1))] if rng.random() < 0.3 else whole)
        for place in rng.integers(0, len(damaged), int(rng.integers(1, 6))):
            damaged[place] = int(rng.integers(256))
        (root / name).write_bytes(damaged)
        found = list(source.words(range(2)))
        words = [each for each in found if isinstance(each, Word)]
        assert [word.id for word in words[-2:]] == ["train/a00002#0000", "train/a00002#0001"]
        assert len(found) - 2 >= 1 and all(each.reason for each in found if isinstance(each, Rejection))
        for word in words:
            image, mask = source.again(word.id)
            assert image == word.image and mask.shape == word.size[::-1] and set(np.unique(mask)) <= {0, OPEN, 255}
