"""Catalog entries of checkpoint folders: a shipped name or a folder of yours."""

from __future__ import annotations

import json
from typing import Any, NewType, NoReturn

from kedro.io import AbstractDataset

from str_pipelines.storage.checkpoints import Checkpoint

JSONPreview = NewType("JSONPreview", str)
"""kedro viz shows what `preview` returns under this name as a tree."""


class CheckpointDataset(AbstractDataset[Checkpoint, Checkpoint]):  # type: ignore[misc]
    """A painter, reader, restorer or masker that is chosen, not made.

    `checkpoint` is a folder or a shipped name (Kedro would make a path of what is called `filepath`).
    """

    def __init__(self, checkpoint: str, metadata: dict[str, Any] | None = None) -> None:
        self._name, self.metadata = checkpoint, metadata

    def load(self) -> Checkpoint:
        """The handle on the folder."""
        return Checkpoint.at(self._name)

    def save(self, data: Checkpoint) -> NoReturn:
        """Never: this entry is an input."""
        raise NotImplementedError(f"{self._name} is chosen by a parameter, no step makes it")

    def preview(self) -> JSONPreview:
        """What config.json says."""
        return JSONPreview(json.dumps(self.load().config()))

    def _exists(self) -> bool:
        try:
            Checkpoint.at(self._name)
        except FileNotFoundError:
            return False
        return True

    def _describe(self) -> dict[str, Any]:
        return {"checkpoint": self._name}
