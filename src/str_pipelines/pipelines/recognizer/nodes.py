"""The steps of `recognizer`; the loop is in training/, the networks are in recognizers/."""

from __future__ import annotations

from str_pipelines.execution import Execution
from str_pipelines.recognizers.training_config import RecognizerParams
from str_pipelines.records import Report
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.words import WordLmdb
from str_pipelines.training.config import Hardware


def report_charset(words: WordLmdb, params: RecognizerParams) -> Report:
    """What of the words can be taught with this charset, before an hour is spent on it."""
    from str_pipelines.recognizers.train import charset_report

    return charset_report(words, params)


def train(
    words: WordLmdb, charset_report: Report, params: RecognizerParams, hardware: Hardware, execution: Execution
) -> Checkpoint:
    """The reader; the report on the charset comes first, so that it is there while this takes its time."""
    from str_pipelines.recognizers import train

    return train.train(words, params, hardware, execution)


def describe(checkpoint: Checkpoint) -> Report:
    """Its card."""
    from str_pipelines.recognizers.train import card

    return card(checkpoint)
