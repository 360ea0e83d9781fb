"""Checkpoints laid out as the published ones become folders; whatever does not fit is named, all of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.systems.ccd.checkpoint import load_encoder, load_segmenter
from str_pipelines.systems.ccd.reader import CcdNetwork
from str_pipelines.systems.ccd.released import CHARSET, convert, reader_from
from str_pipelines.zoo import load_reader

from . import published


@pytest.fixture
def finetuned(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    torch.save({"net": published.wrapped(published.backbone(), published.decoder())}, tmp_path / "finetuned.pth")
    return tmp_path / "finetuned.pth"


@pytest.fixture
def pretrained(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    student = published.wrapped(published.backbone(), published.segmentation(), published.head())
    teacher = published.wrapped(published.backbone(), published.head())
    said = {"student": student, "teacher": teacher, "dino_loss": {"center": torch.zeros(1, 32)}, "epoch": 3}
    torch.save(said, tmp_path / "pretrained.pth")
    return tmp_path / "pretrained.pth"


def test_the_charset_is_theirs() -> None:
    assert len(CHARSET) == 90 and CHARSET.index("0") == 0 and CHARSET.index("a") == 10 and CHARSET.index("~") == 89
    assert not set("^{|} ") & set(CHARSET.characters)


def test_a_finetuned_one_reads(finetuned: Path, tmp_path: Path) -> None:
    dropped = convert(finetuned, tmp_path / "reader")
    assert dropped == ["module.backbone.cls_token", "module.decoder.position_enc.position_table"]
    reader = load_reader(Checkpoint.at(tmp_path / "reader"))
    [(text, confidence)] = reader.read([np.full((20, 60, 3), 90, np.uint8)])
    assert set(text) <= set(CHARSET.characters) and len(text) <= 26 and 0 <= confidence <= 1


def test_ours_computes_what_theirs_does() -> None:
    torch.manual_seed(0)
    state = published.backbone() | published.decoder()
    options, moved = reader_from(state)
    assert moved.fits
    network = CcdNetwork(options)
    network.load_state_dict(moved.weights)
    images = torch.rand(2, 3, 32, 128)
    with torch.inference_mode():
        assert torch.allclose(network.eval().features(images), published.features(state, images), atol=1e-4)


def test_a_pretrained_one_is_a_start(pretrained: Path, tmp_path: Path) -> None:
    dropped = convert(pretrained, tmp_path / "encoder")
    assert {name.split(".")[1] for name in dropped} == {"backbone", "segmentation", "head"}
    teacher = torch.load(pretrained, weights_only=True)["teacher"]
    found = load_encoder(Checkpoint.at(tmp_path / "encoder")).state_dict()["blocks.2.up.weight"]
    assert torch.equal(found, teacher["module.backbone.blocks.2.mlp.fc1.weight"].half().float())
    encoder, head = load_segmenter(Checkpoint.at(tmp_path / "encoder"))
    assert head(encoder(torch.rand(1, 3, 32, 128))[1]).shape == (1, 2, 32, 128)


def test_what_does_not_fit_is_named(finetuned: Path, tmp_path: Path) -> None:
    state = torch.load(finetuned, weights_only=True)["net"]
    state["module.decoder.layer_stack.0.self_attn.linear_z.weight"] = torch.zeros(3)
    state["module.backbone.norm.weight"] = torch.zeros(5)
    del state["module.encoder.fc2.bias"]
    torch.save({"net": state}, finetuned)
    with pytest.raises(ValueError, match="is for another network") as error:
        convert(finetuned, tmp_path / "reader")
    assert str(error.value).splitlines()[1:] == [
        "missing backbone.norm.weight (64,)",
        "missing linear.3.bias (64,)",
        "unexpected module.backbone.norm.weight (5,)",
        "unexpected module.decoder.layer_stack.0.self_attn.linear_z.weight (3,)",
    ]
    assert not (tmp_path / "reader").exists()


def test_code_in_a_file_is_not_run(tmp_path: Path) -> None:
    torch.save({"net": tmp_path}, tmp_path / "odd.pth")
    with pytest.raises(ValueError, match="nothing in it was run"):
        convert(tmp_path / "odd.pth", tmp_path / "reader")
    torch.save({"model": {}}, tmp_path / "other.pth")
    with pytest.raises(ValueError, match="`teacher` and `student`, or `net`, are wanted"):
        convert(tmp_path / "other.pth", tmp_path / "reader")
