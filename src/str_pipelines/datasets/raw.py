"""Catalog entries of raw sets: chosen by parameters, looked at when they are loaded, made by no step."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from kedro.io import AbstractDataset

from str_pipelines.datasets.checkpoints import JSONPreview
from str_pipelines.sources.config import source_of
from str_pipelines.sources.raw import RawScenes, RawWords
from str_pipelines.sources.word_config import word_source_of


class RawScenesDataset(AbstractDataset[RawScenes, RawScenes]):  # type: ignore[misc]
    """Photographs as they came. `source` is a block of parameters: a kind, and what this kind of set wants to know."""

    def __init__(self, source: dict[str, Any], metadata: dict[str, Any] | None = None) -> None:
        self._source, self.metadata = source, metadata

    def load(self) -> RawScenes:
        """Which set, where, and a digest of its state."""
        return RawScenes.at(source_of(self._source))

    def save(self, data: RawScenes) -> NoReturn:
        """Never: this entry is an input."""
        raise NotImplementedError(f"{data.path} is chosen by a parameter, no step makes it")

    def preview(self) -> JSONPreview:
        """The parameters of the set, how many photographs it has where that is known, and its digest."""
        raw = self.load()
        facts = {**raw.source.model_dump(mode="json"), "photographs": raw.count, "digest": raw.digest}
        return JSONPreview(json.dumps({name: fact for name, fact in facts.items() if fact is not None}))

    def _exists(self) -> bool:
        try:
            RawScenes.at(source_of(self._source))
        except FileNotFoundError:
            return False
        return True

    def _describe(self) -> dict[str, Any]:
        return {"source": self._source}


class RawWordsDataset(AbstractDataset[RawWords, RawWords]):  # type: ignore[misc]
    """Labelled words as they came. `source` is as in `RawScenesDataset`."""

    def __init__(self, source: dict[str, Any], metadata: dict[str, Any] | None = None) -> None:
        self._source, self.metadata = source, metadata

    def load(self) -> RawWords:
        """Which set, where, and a digest of its state."""
        return RawWords.at(word_source_of(self._source))

    def save(self, data: RawWords) -> NoReturn:
        """Never: this entry is an input."""
        raise NotImplementedError(f"{data.path} is chosen by a parameter, no step makes it")

    def preview(self) -> JSONPreview:
        """The parameters of the set and its digest."""
        raw = self.load()
        return JSONPreview(json.dumps({**raw.source.model_dump(mode="json"), "digest": raw.digest}))

    def _exists(self) -> bool:
        try:
            RawWords.at(word_source_of(self._source))
        except FileNotFoundError:
            return False
        return True

    def _describe(self) -> dict[str, Any]:
        return {"source": self._source}
