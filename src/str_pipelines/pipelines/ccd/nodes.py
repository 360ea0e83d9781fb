"""The steps of `ccd`; the networks and stages are in systems/ccd, the loop is in training/."""

from __future__ import annotations

from str_pipelines.execution import Execution
from str_pipelines.records import Report
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.masks import MaskLmdb
from str_pipelines.storage.pairs import PairLmdb
from str_pipelines.storage.words import WordLmdb
from str_pipelines.systems.ccd.config import FinetuneParams, LookParams, PretrainParams
from str_pipelines.systems.ccd.downstream_config import RestoreParams, SegmentParams
from str_pipelines.training.config import Hardware


def pretrain(
    words: WordLmdb, rendered_words: WordLmdb, params: PretrainParams, hardware: Hardware, execution: Execution
) -> Checkpoint:
    """An encoder from pictures of words; their labels are not read."""
    from str_pipelines.systems.ccd import train

    sets = {"words": words, "rendered_words": rendered_words}
    return train.pretrain(sets, params, hardware, execution, "ccd.pretrain")


def finetune_std(
    rendered_words: WordLmdb, encoder: Checkpoint, params: FinetuneParams, hardware: Hardware, execution: Execution
) -> Checkpoint:
    """A reader, on words that were made (STD)."""
    from str_pipelines.systems.ccd import train

    return train.finetune(rendered_words, encoder, params, hardware, execution, "ccd.finetune_std")


def finetune_ard(
    words: WordLmdb, encoder: Checkpoint, params: FinetuneParams, hardware: Hardware, execution: Execution
) -> Checkpoint:
    """A reader, on real words that people have labelled (ARD)."""
    from str_pipelines.systems.ccd import train

    return train.finetune(words, encoder, params, hardware, execution, "ccd.finetune_ard")


def segment(
    words: WordLmdb, masks: MaskLmdb, encoder: Checkpoint, params: SegmentParams, hardware: Hardware,
    execution: Execution,
) -> Checkpoint:  # fmt: skip
    """A masker, on words whose text is marked pixel by pixel."""
    from str_pipelines.systems.ccd import downstream

    return downstream.segment(words, masks, encoder, params, hardware, execution, "ccd.segment")


def describe_masker(
    checkpoint: Checkpoint, words: WordLmdb, masks: MaskLmdb, params: SegmentParams, hardware: Hardware
) -> Report:
    """The card of the stage, and its test."""
    from str_pipelines.systems.ccd import downstream

    return downstream.describe_masker(checkpoint, words, masks, params, hardware)


def restore(
    pairs: PairLmdb, encoder: Checkpoint, params: RestoreParams, hardware: Hardware, execution: Execution
) -> Checkpoint:
    """A restorer of small words, on words in two resolutions."""
    from str_pipelines.systems.ccd import downstream

    return downstream.restore(pairs, encoder, params, hardware, execution, "ccd.restore")


def describe_restorer(checkpoint: Checkpoint, pairs: PairLmdb, params: RestoreParams, hardware: Hardware) -> Report:
    """The card of the stage, and its test."""
    from str_pipelines.systems.ccd import downstream

    return downstream.describe_restorer(checkpoint, pairs, params, hardware)


def look(words: WordLmdb, encoder: Checkpoint, params: LookParams, hardware: Hardware) -> Report:
    """Words as the encoder sees them: masks, characters, attention."""
    from str_pipelines.systems.ccd.looking import look_at

    return look_at(words, encoder, params, hardware)


def describe(checkpoint: Checkpoint) -> Report:
    """The card of a stage."""
    from str_pipelines.training.checkpoints import card

    return card(checkpoint)
