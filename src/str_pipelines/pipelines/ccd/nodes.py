"""The steps of `ccd`; the networks and stages are in systems/ccd, the loop is in training/."""

from __future__ import annotations

from str_pipelines.execution import Execution
from str_pipelines.records import Report
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.words import WordLmdb
from str_pipelines.systems.ccd.config import FinetuneParams, PretrainParams
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


def describe(checkpoint: Checkpoint) -> Report:
    """The card of a stage."""
    from str_pipelines.training.checkpoints import card

    return card(checkpoint)
