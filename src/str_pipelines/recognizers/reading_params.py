"""Parameters of the steps that read: `evaluate.recognition` and `recognize`."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from str_pipelines.params import Names, Params
from str_pipelines.text.normalisers import normaliser


def _known(name: str) -> str:
    return normaliser(name).versioned if name else ""


class FindParams(Params):
    """Which benchmark sets are scored.

    `sets` are names of sets and groups; none means all there are. Where no folder is given, demonstration sets of
    `demo_words` words each are made on the spot.
    """

    sets: Names = ()
    demo_words: int = Field(default=64, ge=1)


class ReadParams(Params):
    """How words are given to the reader.

    `turn`: what is more than 1.5 times as high as wide is turned 90° counter-clockwise first. The field's tables do
    not do so. A reader that was trained here does so by itself, one that was published does not; the report says so.
    """

    turn: bool = False


class ScoreParams(Params):
    """How readings and labels are compared: a normaliser for all sets; empty is each set's own, `alnum` for most."""

    normaliser: Annotated[str, AfterValidator(_known)] = ""


class RecognizeParams(Params):
    """How pictures of one word each are given to the reader; `turn` as in `ReadParams`."""

    turn: bool = True
