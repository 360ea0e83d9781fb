"""Parameters of the stage that trains a recognizer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field

from str_pipelines.params import Names, Params
from str_pipelines.recognizers.words_params import WordsParams
from str_pipelines.training.config import TrainParams


class NetworkParams(Params):
    """Which network, and its options as in recognizers/<name>.py.

    `start` is the folder, or the shipped name, of a reader of the same network to go on from: what has the same name
    and size is taken over, so that the charset may be another one.
    """

    name: str = "ctc"
    options: dict[str, Any] = {}
    start: str = ""


class ValidationParams(Params):
    """On what a recognizer is judged while it trains, and by what the best weights are chosen.

    `sets` are word LMDBs by path; none: `share` of the words, drawn once, which are then not trained on. Of each set
    at most `count` words are read.
    """

    sets: Names = ()
    share: float = Field(default=0.05, gt=0, lt=1)
    count: int = Field(default=1000, ge=1)


class RecognizerConfig(Params):
    """All that `recognizers.stage` needs, as it stands in the worker's config.json; `train` are word LMDBs by name."""

    network: NetworkParams = NetworkParams()
    words: WordsParams = WordsParams()
    validation: ValidationParams = ValidationParams()
    train: dict[str, Path]


class RecognizerParams(Params):
    """A training run of a recognizer: the network, what it is taught, on what it is judged, and how long."""

    network: NetworkParams = NetworkParams()
    words: WordsParams = WordsParams()
    validation: ValidationParams = ValidationParams()
    train: TrainParams = TrainParams()
