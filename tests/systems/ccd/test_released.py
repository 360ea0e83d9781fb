"""Checkpoints laid out as the published ones become folders; whatever does not fit is named, all of it."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from str_pipelines.execution import Execution
from str_pipelines.recognizers.trained import TrainedReader, as_tensor
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.words import WordLmdb
from str_pipelines.systems.ccd.checkpoint import SHAPE, load_encoder, load_segmenter
from str_pipelines.systems.ccd.config import PUBLISHED_DECODER
from str_pipelines.systems.ccd.reader import CcdNetwork
from str_pipelines.systems.ccd.released import CHARSET, PUBLISHED_SHAPE, convert, reader_from
from str_pipelines.systems.ccd.train import finetune
from str_pipelines.zoo import load_reader

from . import published
from .conftest import HARDWARE, finetune_params


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


@pytest.mark.parametrize(("width", "height"), [(60, 20), (300, 90), (20, 90)])
def test_it_sees_words_as_published(
    width: int, height: int, finetuned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pixel for pixel, and a tall one as it stands."""
    convert(finetuned, tmp_path / "reader")
    reader, seen = load_reader(Checkpoint.at(tmp_path / "reader")), list[torch.Tensor]()
    assert isinstance(reader, TrainedReader) and not reader.turns
    monkeypatch.setattr(reader.network, "read", lambda images: seen.append(images) or [("", 0.0)])
    word = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    reader.read([word])
    theirs = cv2.resize(word, (128, 32), interpolation=cv2.INTER_LINEAR)
    assert torch.equal(seen[0].cpu(), as_tensor([theirs], torch.device("cpu")))


def test_what_goes_on_from_it_here_sees_words_as_readers_from_here_do(
    finetuned: Path, tmp_path: Path, words: WordLmdb, here: Execution
) -> None:
    convert(finetuned, tmp_path / "reader")
    start, brief = Checkpoint.at(tmp_path / "reader"), {"steps": 1, "validate_every": 1}
    trained = finetune(words, start, finetune_params(train=brief), HARDWARE, here, "ccd.finetune_ard")
    shapes = [load_reader(each).shape for each in (start, trained)]  # type: ignore[attr-defined]
    assert shapes == [PUBLISHED_SHAPE, SHAPE] and SHAPE.turn and SHAPE.resampling == "exact"


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
    assert list(tmp_path.iterdir()) == [finetuned]


def test_a_part_of_an_encoder_that_lacks_leaves_nothing_behind(pretrained: Path, tmp_path: Path) -> None:
    state = torch.load(pretrained, weights_only=True)
    del state["student"]["module.segmentation.cls.bias"]
    torch.save(state, pretrained)
    with pytest.raises(ValueError, match="missing segmentation.out.bias"):
        convert(pretrained, tmp_path / "encoder")
    assert list(tmp_path.iterdir()) == [pretrained]


@pytest.mark.parametrize(
    ("lacking", "missing"),
    [
        ("trg_word_emb.weight", "decoder.embedding.weight (93, 512)"),
        ("layer_stack.0.mlp.w_1.weight", "decoder.layers.0.linear.0.weight (256, 512)"),
    ],
)
def test_a_weight_that_tells_a_size_is_named_where_it_lacks(lacking: str, missing: str) -> None:
    """What cannot be told is as published."""
    state = published.backbone() | published.decoder(width=512, inner=256)
    del state[f"decoder.{lacking}"]
    _, moved = reader_from(state)
    assert (moved.missing, moved.unexpected) == ((missing,), ())


def test_a_decoder_of_which_nothing_is_there_is_missing_as_published() -> None:
    options, moved = reader_from(published.backbone())
    assert options.decoder == PUBLISHED_DECODER and not moved.unexpected
    assert {name.partition(".")[0] for name in moved.missing} == {"linear", "decoder"}


def test_code_in_a_file_is_not_run(tmp_path: Path) -> None:
    torch.save({"net": tmp_path}, tmp_path / "odd.pth")
    with pytest.raises(ValueError, match="nothing in it was run"):
        convert(tmp_path / "odd.pth", tmp_path / "reader")
    torch.save({"model": {}}, tmp_path / "other.pth")
    with pytest.raises(ValueError, match="`teacher` and `student`, or `net`, are wanted"):
        convert(tmp_path / "other.pth", tmp_path / "reader")
