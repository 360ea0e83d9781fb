"""Stages go on bit for bit, start from what came before, and leave a checkpoint that says what it is."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from str_pipelines.execution import Execution
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.words import WordLmdb
from str_pipelines.systems.ccd.checkpoint import load_encoder, load_segmenter
from str_pipelines.systems.ccd.config import FinetuneConfig, PretrainConfig
from str_pipelines.systems.ccd.finetune_stage import FinetuneStage
from str_pipelines.systems.ccd.model import Student
from str_pipelines.systems.ccd.pretrain_stage import STUDENT, TEACHER, PretrainStage
from str_pipelines.systems.ccd.train import finetune, pretrain
from str_pipelines.training.checkpoints import card
from str_pipelines.training.signals import Interrupted
from str_pipelines.training.stage import Place
from str_pipelines.training.worker import Job, work
from str_pipelines.zoo import load_reader

from .conftest import HARDWARE, finetune_params, pretrain_params

BLOCKS = {"train"}


def stage_of(words: WordLmdb, steps: int = 10, **changes: object) -> PretrainStage:
    blocks = pretrain_params(**changes).model_dump(exclude=BLOCKS)
    sets = {"words": words.path}
    return PretrainStage(PretrainConfig(**blocks, sets=sets, steps=steps, batches=steps, decay=0.04))


def test_an_encoder_says_what_it_learned(encoder: Checkpoint, words: WordLmdb) -> None:
    report = card(encoder)
    figures = report.metrics["pretrain"]
    assert set(figures) == {
        "segmentation_iou", "characters_found_again", "characters_compared", "collapse_spread",
    }  # fmt: skip
    assert words.digest in report.text and 0 <= figures["characters_found_again"] <= 1 and report.sheets
    teacher, (student, head) = load_encoder(encoder), load_segmenter(encoder)
    assert not torch.equal(teacher.blocks[0].up.weight, student.blocks[0].up.weight)
    assert head(student(torch.rand(1, 3, 32, 128))[1]).shape == (1, 2, 32, 128)


@pytest.mark.parametrize("own_from", [0.0, 1.0])
@pytest.mark.parametrize("reference", [False, True])
def test_a_step_has_gradients_and_moves_the_centre(words: WordLmdb, own_from: float, reference: bool) -> None:
    stage = stage_of(words, loss={"own_from": own_from, "reference": reference})
    torch.manual_seed(0)
    networks = stage.build()
    batch = next(iter(stage.batches(Place(0, 0, 1), 4, 0)))
    loss = stage.step(networks, batch, torch.device("cpu"))
    loss.by_optimizer[STUDENT].backward()
    assert set(loss.figures) == {
        "pretrain/segmentation", "pretrain/distillation", "pretrain/characters", "collapse/entropy", "collapse/centre",
    }  # fmt: skip
    if own_from:  # what an untrained network takes for text may be nothing
        assert loss.figures["pretrain/characters"] > 1
    assert bool(networks[TEACHER].centre.abs().sum() > 0) == bool(loss.figures["pretrain/characters"])
    assert all(weight.grad is not None for weight in networks[STUDENT].parameters())


def test_on_several_gpus_all_norm_by_what_all_see(words: WordLmdb, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = stage_of(words).build()[STUDENT]
    monkeypatch.setattr(torch.distributed, "is_initialized", lambda: True)
    monkeypatch.setattr(torch.distributed, "get_backend", lambda: "nccl")
    together = stage_of(words).build()[STUDENT]
    norms = {type(each) for each in together.modules() if "BatchNorm" in type(each).__name__}
    assert norms == {torch.nn.SyncBatchNorm} and alone.state_dict().keys() == together.state_dict().keys()


def test_decay_rises_and_prototypes_wait(words: WordLmdb) -> None:
    stage = stage_of(words, steps=10, loss={"frozen": 0.2}, schedule={"clip": 0.5})
    networks = stage.build()
    student = networks[STUDENT]
    assert isinstance(student, Student)
    groups = [
        {"params": list(student.parameters()), "weight_decay": 0.04},
        {"params": [torch.zeros(1)], "weight_decay": 0},
    ]
    optimizer = torch.optim.AdamW(groups)
    for step, decay in ((0, 0.04), (5, 0.22), (10, 0.4)):
        for weight in student.parameters():
            weight.grad = torch.ones_like(weight)
        stage.tune(networks, {STUDENT: optimizer}, step)
        assert optimizer.param_groups[0]["weight_decay"] == pytest.approx(decay)
        assert optimizer.param_groups[1]["weight_decay"] == 0
        assert (student.head.last.directions.grad is None) == (step < 2)
        assert float(student.backbone.positions.grad.norm()) == pytest.approx(0.5, rel=1e-3)


def test_killed_and_asked_again_it_ends_with_the_same_weights(
    words: WordLmdb, encoder: Checkpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from str_pipelines.training import loop

    here, told = Execution(backend="serial", workers=1, work=tmp_path), iter([False, True])
    monkeypatch.setattr(loop, "_anyone", lambda asked, machine: next(told, False))
    with pytest.raises(Interrupted, match="stopped at step 2 of 4"):
        pretrain({"words": words}, pretrain_params(), HARDWARE, here, "ccd.pretrain")
    again = pretrain({"words": words}, pretrain_params(), HARDWARE, here, "ccd.pretrain")
    assert again.digest == encoder.digest
    assert json.loads((again.path / "metrics.json").read_bytes())["step"] == 4


def test_the_worker_trains_it_too(words: WordLmdb, tmp_path: Path) -> None:
    stage = stage_of(words, steps=2)
    train = pretrain_params(train={"steps": 2, "validate_every": 2}).train
    config = stage.config.model_dump(mode="json")
    job = Job(stage="systems.ccd.pretrain_stage", config=config, train=train, hardware=HARDWARE, folder=tmp_path)
    again = Job(**json.loads(job.model_dump_json()))
    assert (work(again) / "sheet.png").stat().st_size > 2000


def test_a_reader_reads(reader: Checkpoint) -> None:
    [(text, confidence)] = load_reader(reader).read([np.full((20, 60, 3), 128, np.uint8)])
    assert isinstance(text, str) and 0 <= confidence <= 1
    report = card(reader)
    assert "word_accuracy_all" in report.metrics["finetune_std"] and "augmented by `none`" in report.text


def test_finetuning_begins_with_the_teachers_encoder(words: WordLmdb, encoder: Checkpoint) -> None:
    blocks = finetune_params().model_dump(exclude=BLOCKS)
    given = {**blocks, "train": {"words": words.path}, "start": encoder.path}
    network = FinetuneStage(FinetuneConfig(**given)).build()["recognizer"]
    mine, theirs = network.backbone.state_dict(), load_encoder(encoder).state_dict()
    assert all(torch.equal(mine[name], theirs[name]) for name in theirs)
    fresh = FinetuneStage(FinetuneConfig(**{**given, "scratch": True})).build()["recognizer"].backbone.state_dict()
    assert not torch.equal(fresh["patches.weight"], theirs["patches.weight"])


def test_a_reader_is_a_start_as_well(words: WordLmdb, reader: Checkpoint, here: Execution) -> None:
    frozen = {"steps": 1, "validate_every": 1, "ema": 0, "optimizer": {"lr": 1e-12, "warmup": 0, "weight_decay": 0}}
    again = finetune(words, reader, finetune_params(train=frozen), HARDWARE, here, "ccd.finetune_ard")
    before, after = (load_reader(each).network.state_dict() for each in (reader, again))
    assert all(torch.allclose(before[name], after[name], atol=1e-3) for name in before)


def test_a_portion_is_part_of_a_larger_one(words: WordLmdb, encoder: Checkpoint) -> None:
    found = []
    for portion in (0.1, 0.5, 1.0):
        blocks = finetune_params(portion=portion).model_dump(exclude=BLOCKS)
        stage = FinetuneStage(FinetuneConfig(**blocks, train={"words": words.path}, start=encoder.path))
        [each] = stage.words.sets
        found.append(set(each.places.tolist()))
        assert len(stage.words) == len(each)
    assert [len(each) for each in found] == [2, 12, 24] and found[0] < found[1] < found[2]


def test_words_are_spoiled_where_that_is_asked_for(words: WordLmdb, encoder: Checkpoint) -> None:
    losses = []
    for chances in ((), (0.0,) * 5, (1.0,) * 5):
        blocks = finetune_params(chances=chances).model_dump(exclude=BLOCKS)
        stage = FinetuneStage(FinetuneConfig(**blocks, train={"words": words.path}, start=encoder.path))
        torch.manual_seed(0)
        networks = {name: network.eval() for name, network in stage.build().items()}
        batch = next(iter(stage.batches(Place(0, 0, 1), 4, 0)))
        losses.append(float(stage.step(networks, batch, torch.device("cpu")).by_optimizer["recognizer"].detach()))
    assert losses[0] == losses[1] != losses[2]
    with pytest.raises(ValueError, match="five chances of 0 to 1 are wanted"):
        finetune_params(chances=(0.5,))


def test_another_shape_or_start_is_refused(words: WordLmdb, here: Execution) -> None:
    with pytest.raises(ValueError, match="CCD sees 32 x 128 pixels"):
        finetune_params(words={"widths": (64,)})
    with pytest.raises(ValueError, match="an encoder or a reader of ccd is wanted, this is 'rapidocr'"):
        finetune(words, Checkpoint.at("rapidocr"), finetune_params(), HARDWARE, here, "ccd.finetune_std")
