"""Masks that a set brought along belong to its words and to no others."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from str_pipelines.execution import Execution
from str_pipelines.maskers.annotated import Annotated
from str_pipelines.maskers.card import card
from str_pipelines.maskers.masker import Masked
from str_pipelines.maskers.params import MaskParams
from str_pipelines.maskers.step import mask_words
from str_pipelines.records import Refused
from str_pipelines.sources.demo_planes import make_textseg
from str_pipelines.sources.masked_words import ingest
from str_pipelines.sources.plane_config import ReadMaskedParams
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.zoo import load_masker


@pytest.mark.parametrize("kind", ["demo", "textseg"])
def test_all_words_of_a_set_have_the_masks_that_it_brought(kind: str, here: Execution, tmp_path: Path) -> None:
    options = {"kind": "textseg", "root": make_textseg(tmp_path / "TextSeg")} if kind == "textseg" else {"kind": "demo"}
    words = ingest(ReadMaskedParams.model_validate({"source": options, "limit": 12}), here)
    masker = Annotated(**options)
    masks = mask_words(words, masker, MaskParams(shard_size=5), here)
    assert not masks.manifest.rejected and masks.full == 255
    masks.require(words)
    assert 0.5 <= card(masks, words).metrics["masks"]["parts_per_character"] <= 1.5  # of shades up to 255, too
    again = pickle.loads(pickle.dumps(masker))([words[0]])  # noqa: S301
    assert isinstance(again[0], Masked) and np.array_equal(again[0].pixels, masks.pixels(0))
    first, second = words[0], words[1]
    strangers = [replace(first, image=second.image), replace(first, id="mine/1#7"), replace(first, id="1")]
    reasons = [found.reason for found in masker(strangers) if isinstance(found, Refused)]
    assert reasons == ["picture_differs", "not_of_this_set", "not_of_this_set"]


def test_a_folder_says_which_set_it_is(tmp_path: Path) -> None:
    root, folder = make_textseg(tmp_path / "TextSeg"), tmp_path / "masker"
    folder.mkdir()
    for options, fault in (
        ({"kind": "textseg", "root": str(root), "derived": "text"}, ""),
        ({"kind": "textseg", "count": 3}, "(?s:.*)no .count."),
        ({"kind": "demo", "rot": 1}, "no option 'rot'"),
    ):
        config = {"kind": "masker", "name": "annotated", "options": options}
        (folder / "config.json").write_text(json.dumps(config))
        if fault:
            with pytest.raises(ValueError, match=f"config.json.*{fault}"):
                load_masker(Checkpoint.at(folder))
        else:
            assert load_masker(Checkpoint.at(folder)).digest == Annotated(**options).digest


def test_another_set_has_another_digest(tmp_path: Path) -> None:
    root = make_textseg(tmp_path / "TextSeg")
    options = [{"kind": "textseg", "root": root}, {"kind": "textseg", "root": root, "derived": "text"}]
    assert len({Annotated(**each).digest for each in [*options, {"kind": "demo"}, {"kind": "demo", "seed": 5}]}) == 4
