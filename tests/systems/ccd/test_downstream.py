"""Segmentation and restoration on CCD's encoder: sizes, resume, what chose nothing, and the masker that comes of it."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch.nn.functional import cross_entropy

from str_pipelines.execution import Execution
from str_pipelines.imaging.decode import encode_png
from str_pipelines.maskers.annotated import Annotated
from str_pipelines.maskers.masker import Masked
from str_pipelines.maskers.params import MaskParams
from str_pipelines.maskers.step import mask_words
from str_pipelines.metrics.restoration import psnr
from str_pipelines.records import Refused, Word
from str_pipelines.sources import masked_words, pairs
from str_pipelines.sources.plane_config import ReadMaskedParams, ReadPairsParams
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.masks import OPEN, MaskLmdb
from str_pipelines.storage.pairs import PairLmdb
from str_pipelines.storage.words import WordLmdb
from str_pipelines.systems.ccd.checkpoint import load_encoder, load_masker_network, load_restorer
from str_pipelines.systems.ccd.config import ENCODERS, EncoderParams, HeldParams
from str_pipelines.systems.ccd.decoder import PatchDecoder, Restorer, Segmenter, grid_positions
from str_pipelines.systems.ccd.division import divide
from str_pipelines.systems.ccd.downstream import describe_masker, describe_restorer, restore, segment
from str_pipelines.systems.ccd.downstream_config import PatchDecoderParams, RestoreParams, SegmentConfig, SegmentParams
from str_pipelines.systems.ccd.marked import target_of
from str_pipelines.systems.ccd.pairs import Restorables
from str_pipelines.systems.ccd.segment_stage import SegmentStage
from str_pipelines.training.signals import Interrupted
from str_pipelines.training.stage import Place
from str_pipelines.zoo import load_masker

from .conftest import HARDWARE, TRAIN

SIZES: dict[str, Any] = {"decoder": {"layers": 1, "heads": 2}, "validation": {"share": 0.2, "count": 8}}
SEGMENT = SegmentParams.model_validate({**SIZES, "train": {**TRAIN, "ema": 0.9}})
RESTORE = RestoreParams.model_validate({**SIZES, "train": {**TRAIN, "ema": 0.9}})
Marks = tuple[WordLmdb, MaskLmdb]
Train = Callable[[Execution], Checkpoint]


@pytest.fixture(scope="module")
def marks(tmp_path_factory: pytest.TempPathFactory) -> Marks:
    """Thirty words with masks: 24 to learn from, 3 to choose by, 3 to test."""
    here = Execution(backend="serial", workers=1, work=tmp_path_factory.mktemp("marks"))
    words = masked_words.ingest(ReadMaskedParams.model_validate({"source": {"kind": "demo", "count": 30}}), here)
    return words, mask_words(words, Annotated(kind="demo"), MaskParams(), here)


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> PairLmdb:
    """Thirty words in two resolutions: 21 to learn from, 3 each easy, medium and hard."""
    here = Execution(backend="serial", workers=1, work=tmp_path_factory.mktemp("pairs"))
    return pairs.ingest(ReadPairsParams.model_validate({"source": {"kind": "demo", "count": 30}}), here)


@pytest.fixture(scope="module")
def trains(marks: Marks, twice: PairLmdb, encoder: Checkpoint) -> dict[str, Train]:
    return {
        "segment": lambda here: segment(*marks, encoder, SEGMENT, HARDWARE, here, "ccd.segment"),
        "restore": lambda here: restore(twice, encoder, RESTORE, HARDWARE, here, "ccd.restore"),
    }


@pytest.fixture(scope="module")
def trained(trains: dict[str, Train], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Checkpoint]:
    """Both after four steps."""
    here = Execution(backend="serial", workers=1, work=tmp_path_factory.mktemp("downstream"))
    return {name: train(here) for name, train in trains.items()}


@pytest.mark.parametrize(("channels", "weights"), [(2, 5_336_480), (3, 5_342_640)])
def test_the_decoder_is_as_large_as_the_published_one(channels: int, weights: int) -> None:
    with torch.device("meta"):
        decoder = PatchDecoder(ENCODERS["small"], PatchDecoderParams(), channels)
        assert decoder(torch.empty(2, 256, 384)).shape == (2, channels, 32, 128)
    assert sum(weight.numel() for weight in decoder.parameters()) == weights
    assert ENCODERS["small"].width // decoder.blocks[0].heads == 192 and len(decoder.blocks) == 3


@pytest.mark.parametrize("patch", [(4, 4), (4, 8)])
def test_a_patch_becomes_its_own_pixels(patch: tuple[int, int]) -> None:
    params = EncoderParams(width=16, depth=3, heads=2, inner=(1, 2, 3), patch=patch)
    decoder = PatchDecoder(params, PatchDecoderParams(layers=1), 2)
    decoder.blocks, decoder.positions = torch.nn.ModuleList(), torch.zeros(1)
    tokens = torch.randn(1, params.grid[0] * params.grid[1], 16, generator=torch.Generator().manual_seed(0))
    row, column = 3, 5
    changed = tokens.clone()
    changed[0, row * params.grid[1] + column] += torch.arange(16)
    moved = (decoder(changed) != decoder(tokens)).any(1)[0].nonzero()
    assert moved.min(0).values.tolist() == [row * patch[0], column * patch[1]]
    assert moved.max(0).values.tolist() == [(row + 1) * patch[0] - 1, (column + 1) * patch[1] - 1]


def test_no_two_patches_have_the_same_position() -> None:
    positions = grid_positions((8, 32), 384)
    assert len(positions.unique(dim=0)) == 256
    assert torch.equal(positions[:32, :192], positions[:1, :192].expand(32, -1))  # a row
    with pytest.raises(ValueError, match="has no decoder of 3 heads"):
        PatchDecoder(ENCODERS["mini"], PatchDecoderParams(heads=3), 2)


def test_a_restorer_begins_as_the_bicubic_picture() -> None:
    images = torch.rand(2, 3, 32, 128)
    network = Restorer(EncoderParams(width=16, depth=3, heads=2, inner=(1, 2, 3)), PatchDecoderParams(), residual=True)
    assert torch.equal(network.eval()(images), images)


@pytest.mark.parametrize("name", ["segment", "restore"])
def test_stopped_and_gone_on_it_ends_with_the_same_weights(
    name: str, trains: dict[str, Train], trained: dict[str, Checkpoint], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from str_pipelines.training import loop

    here, told = Execution(backend="serial", workers=1, work=tmp_path), iter([False, True])
    monkeypatch.setattr(loop, "_anyone", lambda asked, machine: next(told, False))
    with pytest.raises(Interrupted, match="stopped at step 2 of 4"):
        trains[name](here)
    again = trains[name](here)
    assert again.digest == trained[name].digest
    assert json.loads((again.path / "metrics.json").read_bytes())["step"] == 4


def test_cards_say_what_chose_and_what_chose_nothing(
    marks: Marks, twice: PairLmdb, trained: dict[str, Checkpoint]
) -> None:
    masker = describe_masker(trained["segment"], *marks, SEGMENT, HARDWARE)
    assert set(masker.metrics) == {"segment", "segment_test"} and set(masker.sheets) == {
        "segment_validation",
        "segment_test",
    }
    restorer = describe_restorer(trained["restore"], twice, RESTORE, HARDWARE)
    assert set(restorer.metrics["restore_psnr"]) == {"easy", "medium", "hard", "all"}
    places = np.array([index for index, row in enumerate(twice.rows()) if row["part"] == "easy"])
    easy = [Restorables(twice, places).sample(0, index) for index in range(3)]
    bicubic = np.mean([psnr(each.bicubic / 255, each.high / 255) for each in easy])
    assert restorer.metrics["restore_bicubic_psnr"]["easy"] == pytest.approx(bicubic)
    assert easy[0].low.shape == (16, 64, 3) and marks[0].digest in masker.text and "| easy | 3 |" in restorer.text


def test_stages_begin_with_the_encoder_or_from_scratch(marks: Marks, encoder: Checkpoint, reader: Checkpoint) -> None:
    given = {**SEGMENT.model_dump(exclude={"train"}), "seed": 0, "words": marks[0].path, "masks": marks[1].path}
    theirs = load_encoder(encoder).state_dict()["patches.weight"]
    for start, scratch in ((encoder, False), (encoder, True), (reader, False)):
        stage = SegmentStage(SegmentConfig(**{**given, "start": start.path, "scratch": scratch}))
        mine = stage.build()["network"].state_dict()["backbone.patches.weight"]
        assert torch.equal(mine, theirs) == (start is encoder and not scratch)


def test_what_is_open_counts_nowhere(marks: Marks, encoder: Checkpoint) -> None:
    given = {**SEGMENT.model_dump(exclude={"train"}), "seed": 0, "words": marks[0].path, "masks": marks[1].path}
    stage = SegmentStage(SegmentConfig(**given, start=encoder.path))
    networks = {name: network.eval() for name, network in stage.build().items()}
    [first, *_] = next(iter(stage.batches(Place(0, 0, 1), 4, 0)))
    half = first.target.copy()
    half[:, 64:] = 255
    loss = stage.step(networks, [first._replace(target=half)], torch.device("cpu")).by_optimizer["network"]
    logits = networks["network"](torch.from_numpy(first.pixels).permute(2, 0, 1)[None] / 255)
    wanted = torch.from_numpy(first.target)[None].long()
    left, whole = (cross_entropy(logits[..., :end], wanted[..., :end], ignore_index=255) for end in (64, 128))
    assert float(loss.detach()) == pytest.approx(float(left.detach()), rel=1e-5)
    assert float(loss.detach()) != pytest.approx(float(whole.detach()), rel=1e-5)
    mask = np.zeros((64, 256), np.uint8)
    mask[:, :80], mask[:, 80:160] = 255, OPEN
    target = target_of(mask, 255)
    assert (target[:, :40] == 1).all() and (target[:, 41:79] == 255).all() and (target[:, 80:] == 0).all()
    assert set(np.unique(target_of((mask > 0).astype(np.uint8), 1))) == {0, 1}


def test_records_are_in_one_part_only() -> None:
    params, usable = HeldParams(share=0.2, count=5), np.ones(40, bool)
    usable[3] = False
    for parts in (
        [""] * 40,
        ["train"] * 20 + ["val"] * 10 + ["easy"] * 10,
        ["train1", "train2", "hard", "train1"] * 10,
    ):
        found = divide(parts, usable, params)
        every = np.concatenate([found.train, found.validation, *found.tests.values()])
        assert len(set(every.tolist())) == len(every) and 3 not in every
        assert len(found.validation) <= 5 and all(not parts[i] or parts[i].startswith("train") for i in found.train)
        again = divide(parts, usable, params)
        assert np.array_equal(again.train, found.train) and np.array_equal(again.validation, found.validation)
    with pytest.raises(ValueError, match="give more"):
        divide(["test"] * 9, usable[:9], params)


def picture(height: int, width: int, seed: int) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


@pytest.mark.parametrize("which", ["pretrain", "segment"])
def test_a_checkpoint_is_a_masker(which: str, encoder: Checkpoint, trained: dict[str, Checkpoint]) -> None:
    masker = load_masker(encoder if which == "pretrain" else trained["segment"])
    shapes = [(32, 100), (90, 20), (7, 300), (40, 60), *[(20, 50)] * 20]
    words = [Word(f"{i}", encode_png(picture(*shape, i)), "x", shape[::-1]) for i, shape in enumerate(shapes)]
    words.insert(2, replace(words[0], image=b"none"))
    found = masker(words)
    assert isinstance(found[2], Refused) and found[2].reason == "image_unreadable"
    for word, each in zip(words, found, strict=True):
        alone = pickle.loads(pickle.dumps(masker))([word])[0]  # noqa: S301
        if isinstance(each, Masked) and isinstance(alone, Masked):
            assert each.pixels.shape == word.size[::-1] and 0.5 <= each.certainty <= 1
            assert np.array_equal(each.pixels, alone.pixels)
    assert masker.digest != load_masker(Checkpoint.at("kmeans")).digest


def test_other_checkpoints_are_refused(encoder: Checkpoint, reader: Checkpoint, trained: dict[str, Checkpoint]) -> None:
    with pytest.raises(ValueError, match="a masker of ccd is wanted, this is 'ccd', a 'reader'"):
        load_masker(reader)
    with pytest.raises(ValueError, match="a restorer of ccd is wanted, this is 'ccd', a 'masker'"):
        load_restorer(trained["segment"])
    with pytest.raises(ValueError, match="an encoder or a reader of ccd is wanted"):
        segment(None, None, trained["restore"], SEGMENT, HARDWARE, Execution(), "ccd.segment")  # type: ignore[arg-type]
    assert isinstance(load_masker_network(trained["segment"]), Segmenter)
