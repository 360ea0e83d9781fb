"""What both downstream stages share: a network on a pretrained encoder, its samples, their order."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Generic, Protocol, TypeVar

import numpy as np
from torch import nn

from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.systems.ccd.checkpoint import load_backbone
from str_pipelines.systems.ccd.downstream_config import RestoreConfig, SegmentConfig
from str_pipelines.training.loader import Samples, load
from str_pipelines.training.order import batch_stream
from str_pipelines.training.stage import Networks, Place

NAME = "network"
S = TypeVar("S")
S_co = TypeVar("S_co", covariant=True)


class Known(Samples[S_co], Protocol[S_co]):
    """Samples whose number is known."""

    def __len__(self) -> int: ...


class DownstreamStage(Generic[S]):
    """All of `train`, shuffled anew in every epoch; weights that are the best on what is held out are kept."""

    def __init__(self, config: SegmentConfig | RestoreConfig, train: Known[S]) -> None:
        self.settings, self.train = config, train

    def begun(self, network: nn.Module) -> dict[str, nn.Module]:
        """The network with the encoder of `start`; as it is, if it is to begin from scratch."""
        if not self.settings.scratch:
            backbone = load_backbone(Checkpoint.at(self.settings.start))
            network.get_submodule("backbone").load_state_dict(backbone.state_dict())
        return {NAME: network}

    def optimizers(self) -> Mapping[str, Sequence[str]]:
        """One, for all weights."""
        return {NAME: [NAME]}

    def batches(self, place: Place, batch_size: int, workers: int) -> Generator[list[S]]:
        """See `training.stage.Stage`."""
        groups = np.zeros(len(self.train), np.uint8)
        yield from load(self.train, batch_stream(groups, batch_size, self.settings.seed, *place), workers)

    def after_step(self, networks: Networks, step: int) -> None:
        """Nothing follows."""
