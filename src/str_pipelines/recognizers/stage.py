"""The one stage that trains a recognizer, whichever network it is."""

from __future__ import annotations

import logging
from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from str_pipelines.imaging.sheets import Cell, sheet
from str_pipelines.imaging.sizes import batches_alike
from str_pipelines.metrics.recognition import is_right, ned, word_accuracy, word_accuracy_strict
from str_pipelines.recognizers.gather import find_words, gather
from str_pipelines.recognizers.networks import Network, build, start_from
from str_pipelines.recognizers.stored_words import StoredWords, index_words
from str_pipelines.recognizers.trained import as_tensor
from str_pipelines.recognizers.training_config import RecognizerConfig, ValidationParams
from str_pipelines.recognizers.words import Sample, Words, quotas
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.words import WordLmdb
from str_pipelines.training.loader import load
from str_pipelines.training.order import batch_stream
from str_pipelines.training.stage import Loss, Networks, Place, Validation

logger = logging.getLogger(__name__)
NAME = "recognizer"
SHEET_WORDS = 32
Places = NDArray[np.int64]


def make(config: Mapping[str, Any]) -> RecognizerStage:
    """The stage of a worker's config.json."""
    return RecognizerStage(RecognizerConfig(**config))


class RecognizerStage:
    """One network, one optimizer; judged by its word accuracy on words that it does not learn from."""

    def __init__(self, config: RecognizerConfig) -> None:
        self.config = config
        words = gather(config.words, {name: WordLmdb.at(path) for name, path in config.train.items()})
        self.words, self.held = _held_out(words, config)

    def build(self) -> dict[str, nn.Module]:
        """The network, fresh or from where it starts."""
        network = self.config.network
        built = build(network.name, network.options, self.words.spelling.charset.characters)
        if network.start and (fresh := start_from(built, Checkpoint.at(network.start))):
            logger.info("from %s; fresh are %s", network.start, ", ".join(fresh))
        return {NAME: built}

    def optimizers(self) -> Mapping[str, Sequence[str]]:
        """One for all."""
        return {NAME: [NAME]}

    def batches(self, place: Place, batch_size: int, workers: int) -> Generator[list[Sample]]:
        """Samples whose pictures are of one width."""
        words = self.config.words
        stream = batch_stream(self.words.groups, batch_size, words.seed, place.step, place.rank, place.world)
        yield from load(self.words, stream, workers)

    def step(self, networks: Networks, batch: list[Sample], device: torch.device) -> Loss:
        """The network's own loss."""
        images, labels, keys = zip(*batch, strict=True)
        return Loss({NAME: networks[NAME](as_tensor(images, device), labels)}, keys)

    def after_step(self, networks: Networks, step: int) -> None:
        """Nothing."""

    def validate(self, networks: Networks, device: torch.device) -> Validation:
        """`word_accuracy`, strict too, and `ned`, over all held words and for each set; a sheet of what is misread."""
        network = cast(Network, networks[NAME])
        pairs: list[tuple[str, str]] = []
        cells: list[Cell] = []
        figures: dict[str, float] = {}
        for each in self.held.sets:
            samples = [self._held_sample(each, place) for place in range(len(each))]
            readings = _read(network, samples, device)
            found = [(reading, label) for (reading, _), (_, label, _) in zip(readings, samples, strict=True)]
            figures[f"word_accuracy/{each.name}"] = word_accuracy(found)
            wrong = [(image, pair) for (image, _, _), pair in zip(samples, found, strict=True) if not is_right(*pair)]
            cells += [Cell([image], f"{label} as {reading}") for image, (reading, label) in wrong[:SHEET_WORDS]]
            pairs += found
        accuracy = word_accuracy(pairs)
        all_of = {"all": accuracy, "strict": word_accuracy_strict(pairs), "ned": ned(pairs)}
        figures.update({f"word_accuracy/{name}": value for name, value in all_of.items()})
        png = sheet(cells[:SHEET_WORDS], columns=4, title="misread in validation") if cells else b""
        return Validation(figures, accuracy + ned(pairs) / 1000, png)

    def _held_sample(self, each: Any, place: int) -> Sample:
        image, text, key = each.read(0, place)
        return self.held.shape.fit(image, "exact"), text, key


def _read(network: Network, samples: list[Sample], device: torch.device) -> list[tuple[str, float]]:
    found: list[tuple[str, float]] = [("", 0.0)] * len(samples)
    for places in batches_alike([image.shape[1] for image, _, _ in samples], 64):
        tensor = as_tensor([samples[place][0] for place in places], device)
        for place, reading in zip(places, network.read(tensor), strict=True):
            found[place] = reading
    return found


def _held_out(words: Words, config: RecognizerConfig) -> tuple[Words, Words]:
    """(what is trained on, what is validated on); a word is in one of them only."""
    params, shape = config.validation, words.shape
    if params.sets:
        found = {name: lmdb for path in params.sets for name, lmdb in find_words(Path(path)).items()}
        chosen = [index_words(name, lmdb, words.spelling, shape) for name, lmdb in found.items()]
        held = [_part(each, _drawn(each, params.count)) for each in chosen]
        return words, _words(words, held)
    stored = [each for each in words.sets if isinstance(each, StoredWords)]
    if not stored:
        raise ValueError("words drawn on the fly cannot be held out; give word LMDBs as `validation.sets`")
    places = {each.name: _drawn(each, _count(each, params)) for each in stored}
    left = tuple(_without(each, places[each.name]) if isinstance(each, StoredWords) else each for each in words.sets)
    taken = quotas(list(map(len, left)), config.words.ratios or None, config.words.length or None)
    held = [_part(each, places[each.name]) for each in stored]
    return replace(words, sets=left, quotas=taken), _words(words, held)


def _count(words: StoredWords, params: ValidationParams) -> int:
    return min(params.count, max(1, round(params.share * len(words))))


def _drawn(words: StoredWords, count: int) -> Places:
    """Places of `count` words, the same ones every time."""
    return np.sort(np.random.default_rng(len(words)).permutation(len(words))[:count])


def _part(words: StoredWords, places: Places) -> StoredWords:
    return replace(words, places=words.places[places], pixels=words.pixels[places])


def _without(words: StoredWords, places: Places) -> StoredWords:
    return _part(words, np.delete(np.arange(len(words)), places))


def _words(like: Words, held: Sequence[StoredWords]) -> Words:
    for each in held:
        if not len(each):
            logger.warning("%s: none of the words of %s can be read: nothing is held out", each.name, each.words.path)
    sets = [each for each in held if len(each)]
    if not sets:
        raise ValueError("no word is left to validate on; give more words, or sets of their own as `validation.sets`")
    return replace(like, sets=tuple(sets), quotas=tuple(map(len, sets)), augment=None, stretches=None)
