"""The steps of `masks`; what tells text from ground is the masker."""

from __future__ import annotations

from str_pipelines.execution import Execution
from str_pipelines.maskers.params import MaskParams
from str_pipelines.records import Report
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.masks import MaskLmdb
from str_pipelines.storage.words import WordLmdb


def make_masks(words: WordLmdb, masker: Checkpoint, params: MaskParams, execution: Execution) -> MaskLmdb:
    """Where the text is in the picture of every word; an empty mask and a reason where that cannot be told."""
    from str_pipelines.maskers.step import mask_words
    from str_pipelines.zoo import load_masker

    return mask_words(words, load_masker(masker), params, execution)


def describe_masks(masks: MaskLmdb, words: WordLmdb) -> Report:
    """Share of ink, parts a character, failures, and sheets of words beside their masks."""
    from str_pipelines.maskers.card import card

    return card(masks, words)
