"""The stages `ccd.finetune_std` and `ccd.finetune_ard`: the pretrained encoder learns to read, all weights of it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import nn

from str_pipelines.recognizers.networks import start_from
from str_pipelines.recognizers.stage import NAME, RecognizerStage
from str_pipelines.recognizers.stored_words import StoredWords
from str_pipelines.recognizers.trained import as_tensor
from str_pipelines.recognizers.words import Sample, Words, quotas
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.systems.ccd.checkpoint import encoder_of, is_reader, load_encoder
from str_pipelines.systems.ccd.colour.bent import reading_groups
from str_pipelines.systems.ccd.colour.pipeline import coloured
from str_pipelines.systems.ccd.config import FinetuneConfig
from str_pipelines.systems.ccd.reader import CcdNetwork, CcdOptions
from str_pipelines.training.stage import Loss, Networks

logger = logging.getLogger(__name__)


def make(config: Mapping[str, Any]) -> FinetuneStage:
    """The stage of a worker's config.json."""
    return FinetuneStage(FinetuneConfig(**config))


class FinetuneStage(RecognizerStage):
    """A recognizer like others, chosen by words that are held out and never by a benchmark, from another start."""

    config: FinetuneConfig

    def __init__(self, config: FinetuneConfig) -> None:
        super().__init__(config)
        self.words = portion_of(self.words, config.portion, config.words.ratios)
        self.groups = reading_groups(config.chances) if config.chances else ()

    def build(self) -> dict[str, nn.Module]:
        """The network on the encoder of `start`; on a fresh one of its sizes if it is to begin from scratch."""
        start = Checkpoint.at(self.config.start)
        options = CcdOptions(self.words.spelling.charset.characters, encoder_of(start), self.config.decoder)
        network = CcdNetwork(options)
        if self.config.scratch:
            return {NAME: network}
        if is_reader(start):
            logger.info("from %s; fresh are %s", start.path, ", ".join(start_from(network, start)) or "none")
        else:
            network.backbone.load_state_dict(load_encoder(start).state_dict())
        return {NAME: network}

    def step(self, networks: Networks, batch: list[Sample], device: torch.device) -> Loss:
        """The network's own loss, of pictures that are coloured and bent here if that is asked for."""
        images, labels, keys = zip(*batch, strict=True)
        pictures = as_tensor(images, device)
        if self.groups:
            with torch.autocast(device.type, enabled=False):
                pictures = coloured(pictures, 0.0, self.groups)
        return Loss({NAME: networks[NAME](pictures, labels)}, keys)


def portion_of(words: Words, portion: float, ratios: tuple[float, ...] = ()) -> Words:
    """A part of each stored set, one word at least, the same ones every time; less of it is a part of more of it."""
    if portion == 1:
        return words
    sets = tuple(_part(each, portion) if isinstance(each, StoredWords) else each for each in words.sets)
    length = max(1, round(len(words) * sum(map(len, sets)) / sum(map(len, words.sets))))
    return replace(words, sets=sets, quotas=quotas(list(map(len, sets)), ratios or None, length))


def _part(words: StoredWords, portion: float) -> StoredWords:
    order = np.random.default_rng((len(words), 1)).permutation(len(words))
    places = np.sort(order[: max(1, round(portion * len(words)))])
    return replace(words, places=words.places[places], pixels=words.pixels[places])
