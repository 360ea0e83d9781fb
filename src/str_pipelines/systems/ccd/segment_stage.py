"""The stage `ccd.segment`: a pretrained encoder learns to tell text from ground, pixel by pixel (section 12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from str_pipelines.metrics.segmentation import OPEN
from str_pipelines.recognizers.trained import as_tensor
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.masks import MaskLmdb
from str_pipelines.storage.words import WordLmdb
from str_pipelines.systems.ccd.checkpoint import encoder_of
from str_pipelines.systems.ccd.decoder import Segmenter
from str_pipelines.systems.ccd.downstream_config import SegmentConfig
from str_pipelines.systems.ccd.downstream_stage import NAME, DownstreamStage
from str_pipelines.systems.ccd.marked import Marked, MarkedWords, divide_words
from str_pipelines.systems.ccd.segmenting import judged, look
from str_pipelines.training.stage import Loss, Networks, Validation


def make(config: Mapping[str, Any]) -> SegmentStage:
    """The stage of a worker's config.json."""
    return SegmentStage(SegmentConfig(**config))


class SegmentStage(DownstreamStage[Marked]):
    """Cross-entropy of two classes; a pixel of which nobody has said what it is counts nowhere."""

    def __init__(self, config: SegmentConfig) -> None:
        words, masks = WordLmdb.at(config.words), MaskLmdb.at(config.masks)
        parts = divide_words(words, masks, config.validation)
        super().__init__(config, MarkedWords(words, masks, parts.train))
        self.config, self.held = config, MarkedWords(words, masks, parts.validation)

    def build(self) -> dict[str, nn.Module]:
        """A `Segmenter`."""
        return self.begun(Segmenter(encoder_of(Checkpoint.at(self.config.start)), self.config.decoder))

    def step(self, networks: Networks, batch: list[Marked], device: torch.device) -> Loss:
        """The loss of a batch."""
        pixels, targets, keys = zip(*batch, strict=True)
        wanted = torch.from_numpy(np.stack(targets)).to(device).long()
        loss = F.cross_entropy(
            networks[NAME](as_tensor(pixels, device)).float(), wanted, reduction="none", ignore_index=OPEN
        )
        return Loss({NAME: loss.sum() / (wanted != OPEN).sum().clamp(min=1)}, keys)

    def validate(self, networks: Networks, device: torch.device) -> Validation:
        """IoU of text chooses."""
        figures = {f"segmentation/{name}": value for name, value in judged(networks[NAME], self.held, device).items()}
        return Validation(figures, figures["segmentation/iou"], look(networks[NAME], self.held, device))
