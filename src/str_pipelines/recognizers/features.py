"""What a reader sees of each word, before it says what is written: for whoever asks how words look."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from str_pipelines.execution import Execution, build_table
from str_pipelines.imaging.decode import WORD_PIXELS, decode
from str_pipelines.recognizers.trained import TrainedReader
from str_pipelines.records import Table
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.digests import work_key
from str_pipelines.storage.words import WordLmdb

VERSION, CHUNK = 1, 64


def word_features(words: WordLmdb, reader: Checkpoint, execution: Execution, step: str) -> Table:
    """One row a word: its `scene`, empty where it has none, and `features`, as many numbers as the network is wide.

    Raises:
        ValueError: the reader is none that was trained here.
    """
    key = work_key(step, VERSION, {}, words.digest, reader.digest)
    return build_table(lambda: _rows(words, reader), step=step, key=key, execution=execution)


def _rows(words: WordLmdb, reader: Checkpoint) -> Iterator[dict[str, Any]]:
    network, given = TrainedReader.load(reader), iter(words)
    while chunk := list(islice(given, CHUNK)):
        features = network.features([decode(word.image, WORD_PIXELS) for word in chunk])
        for word, seen in zip(chunk, features.tolist(), strict=True):
            yield {"scene": str(word.facts.get("scene", "")), "features": seen}
