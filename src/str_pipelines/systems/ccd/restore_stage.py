"""The stage `ccd.restore`: a pretrained encoder learns what small words look like from near (section 12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from str_pipelines.recognizers.trained import as_tensor
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.pairs import PairLmdb
from str_pipelines.systems.ccd.checkpoint import encoder_of
from str_pipelines.systems.ccd.decoder import Restorer
from str_pipelines.systems.ccd.downstream_config import RestoreConfig
from str_pipelines.systems.ccd.downstream_stage import NAME, DownstreamStage
from str_pipelines.systems.ccd.pairs import Restorable, Restorables, divide_pairs
from str_pipelines.systems.ccd.restoring import judged, look
from str_pipelines.training.stage import Loss, Networks, Validation


def make(config: Mapping[str, Any]) -> RestoreStage:
    """The stage of a worker's config.json."""
    return RestoreStage(RestoreConfig(**config))


class RestoreStage(DownstreamStage[Restorable]):
    """Mean squared error of RGB in 0…1."""

    def __init__(self, config: RestoreConfig) -> None:
        pairs = PairLmdb.at(config.pairs)
        parts = divide_pairs(pairs, config.validation)
        super().__init__(config, Restorables(pairs, parts.train))
        self.config, self.held = config, Restorables(pairs, parts.validation)

    def build(self) -> dict[str, nn.Module]:
        """A `Restorer`."""
        encoder = encoder_of(Checkpoint.at(self.config.start))
        return self.begun(Restorer(encoder, self.config.decoder, self.config.residual))

    def step(self, networks: Networks, batch: list[Restorable], device: torch.device) -> Loss:
        """The loss of a batch."""
        _, bicubic, high, keys = zip(*batch, strict=True)
        found = networks[NAME](as_tensor(bicubic, device))
        return Loss({NAME: F.mse_loss(found.float(), as_tensor(high, device))}, keys)

    def validate(self, networks: Networks, device: torch.device) -> Validation:
        """PSNR chooses."""
        figures = {f"restoration/{name}": value for name, value in judged(networks[NAME], self.held, device).items()}
        return Validation(figures, figures["restoration/psnr"], look(networks[NAME], self.held, device))
