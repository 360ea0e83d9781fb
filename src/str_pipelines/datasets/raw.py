"""Catalog entry of a raw set: chosen by parameters, looked at when it is loaded, made by no step."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from kedro.io import AbstractDataset

from str_pipelines.datasets.checkpoints import JSONPreview
from str_pipelines.sources.config import source_of
from str_pipelines.sources.raw import RawScenes


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
