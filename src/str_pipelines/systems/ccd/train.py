"""CCD's stages as steps of a pipeline: each goes on where it stopped, and ends in a checkpoint with a card."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from str_pipelines.execution import Execution
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.digests import work_key
from str_pipelines.storage.words import WordLmdb
from str_pipelines.systems.ccd.config import (
    FinetuneConfig,
    FinetuneParams,
    PicturesParams,
    PretrainConfig,
    PretrainParams,
)
from str_pipelines.training.checkpoints import trained
from str_pipelines.training.config import Hardware, TrainParams
from str_pipelines.training.worker import Job

if TYPE_CHECKING:
    from torch import Tensor

logger = logging.getLogger(__name__)
VERSION = 2
FIRST = "words"  # the name of the set that comes from the catalog
States = Mapping[str, Mapping[str, "Tensor"]]


def pretrain(
    words: Mapping[str, WordLmdb], params: PretrainParams, hardware: Hardware, execution: Execution, step: str
) -> Checkpoint:
    """An encoder from the pictures of sets of words, by name, alone.

    Raises:
        ValueError, FileNotFoundError: a set or its masks cannot be used; before anything starts.
        FloatingPointError, Interrupted: as `training.loop.train`.
    """
    train = params.train
    config = PretrainConfig(
        **{name: getattr(params, name) for name in type(params).model_fields if name != "train"},
        sets={name: each.path.resolve() for name, each in words.items()},
        steps=train.steps,
        batches=train.steps * train.accumulate,
        decay=train.optimizer.weight_decay,
    )
    digests = (*_digests(params.pictures.more), *_mask_digests(params.pictures, words))
    key = work_key(step, VERSION, params, *(each.digest for each in words.values()), *digests)

    def write(folder: Path, states: States) -> None:
        from str_pipelines.systems.ccd.checkpoint import write_encoder

        write_encoder(folder, _parts(states), params.network)

    said = f"Pretrained on pictures of words without their labels: {steps_said(train)}"
    sets = {**words, **_more(params.pictures.more)}
    return trained(step, key, Job(
        stage="systems.ccd.pretrain_stage", config=config.model_dump(mode="json"), train=train, hardware=hardware,
        folder=Path(),
    ), execution, write, _prose(step, said, sets))  # fmt: skip


def finetune(
    words: WordLmdb, start: Checkpoint, params: FinetuneParams, hardware: Hardware, execution: Execution, step: str
) -> Checkpoint:
    """A reader from an encoder, or from another reader, and labelled words.

    Raises:
        ValueError, FileNotFoundError: the words or the start cannot be used; before anything starts.
        FloatingPointError, Interrupted: as `training.loop.train`.
    """
    from str_pipelines.systems.ccd.checkpoint import encoder_of

    encoder, spelling = encoder_of(start), params.words.spelling
    blocks = {name: getattr(params, name) for name in type(params).model_fields if name != "train"}
    config = FinetuneConfig(**blocks, train={FIRST: words.path.resolve()}, start=start.path.resolve())
    digests = _digests((*params.words.more, *params.validation.sets))
    key = work_key(step, VERSION, params, start.digest, words.digest, spelling.charset.digest, *digests)

    def write(folder: Path, states: States) -> None:
        from str_pipelines.recognizers.stage import NAME
        from str_pipelines.systems.ccd.checkpoint import write_reader

        write_reader(folder, spelling.charset.characters, encoder, params.decoder, states[NAME])

    begun = "from scratch" if params.scratch else f"from `{start.path.name}`, digest `{start.digest}`"
    said = (
        f"Finetuned {begun}, on {params.portion:.0%} of the words, augmented by `{params.words.augment}`, charset "
        f"{spelling.charset.name}: {steps_said(params.train)}"
    )
    sets = {FIRST: words, **_more(params.words.more)}
    return trained(step, key, Job(
        stage="systems.ccd.finetune_stage", config=config.model_dump(mode="json"), train=params.train,
        hardware=hardware, folder=Path(),
    ), execution, write, _prose(step, said, sets))  # fmt: skip


def _parts(states: States) -> dict[str, Mapping[str, Tensor]]:
    """Of what was trained, what is kept: both encoders and the segmentation, not the prototypes."""
    from str_pipelines.systems.ccd.checkpoint import SEGMENTATION, STUDENT, TEACHER

    def below(network: str, part: str) -> dict[str, Tensor]:
        return {key.removeprefix(f"{part}."): value for key, value in states[network].items() if key.startswith(part)}

    kept = {TEACHER: below(TEACHER, "backbone"), STUDENT: below(STUDENT, "backbone")}
    return {**kept, SEGMENTATION: below(STUDENT, "segmentation")}


def steps_said(train: TrainParams) -> str:
    return f"{train.steps:,} steps of {train.batch_size} words, seed {train.seed}."


def _prose(step: str, said: str, sets: Mapping[str, WordLmdb]) -> str:
    taught = [f"- `{name}`: {len(each):,} words, digest `{each.digest}`" for name, each in sets.items()]
    return "\n".join([f"# CCD: what `{step}` learned", "", said, "", *taught])


def _more(paths: tuple[str, ...]) -> dict[str, WordLmdb]:
    from str_pipelines.recognizers.gather import find_words

    return {name: each for path in paths for name, each in find_words(Path(path)).items()}


def _digests(paths: tuple[str, ...]) -> Iterator[str]:
    """Of words that are named by a path."""
    return (each.digest for each in _more(paths).values())


def _mask_digests(params: PicturesParams, words: Mapping[str, WordLmdb]) -> Iterator[str]:
    from str_pipelines.systems.ccd.pictures import sets_with_masks

    return (masks.digest for _, _, masks in sets_with_masks(params, words) if masks)
