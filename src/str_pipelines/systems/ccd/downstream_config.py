"""Settings of what is learned beside reading: to tell text from ground, and to restore small words (section 12)."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from str_pipelines.params import Params
from str_pipelines.systems.ccd.config import HeldParams
from str_pipelines.training.config import TrainParams


class PatchDecoderParams(Params):
    """Blocks as wide as the encoder, then a linear layer to the pixels of each patch; three of two heads published."""

    layers: int = Field(default=3, ge=1)
    heads: int = Field(default=2, ge=1)


class SegmentParams(Params):
    """Parameters of `ccd.segment`.

    `scratch` forgets what was pretrained but its sizes: the arm that it is compared with. `validation` holds words out
    where a set has no part of its own for that.
    """

    decoder: PatchDecoderParams = PatchDecoderParams()
    scratch: bool = False
    validation: HeldParams = HeldParams()
    train: TrainParams = TrainParams()


class RestoreParams(SegmentParams):
    """Parameters of `ccd.restore`. With `residual` the network says what the bicubic picture lacks, without it the
    whole picture."""

    residual: bool = True


class SegmentConfig(Params):
    """What a worker's config.json says of `systems.ccd.segment_stage`; `start` is a checkpoint of this system."""

    decoder: PatchDecoderParams
    scratch: bool
    validation: HeldParams
    start: Path
    seed: int
    words: Path
    masks: Path


class RestoreConfig(Params):
    """What a worker's config.json says of `systems.ccd.restore_stage`."""

    decoder: PatchDecoderParams
    scratch: bool
    validation: HeldParams
    start: Path
    seed: int
    pairs: Path
    residual: bool
