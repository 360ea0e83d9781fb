"""Catalog entries of checkpoint folders: a shipped name or a folder of yours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NewType, NoReturn

from kedro.io import AbstractDataset

from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.folders import commit, link_tree, part_of, recover

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


class StageCheckpointDataset(AbstractDataset[Checkpoint, Checkpoint]):  # type: ignore[misc]
    """What a stage of training made: a folder that is replaced as a whole.

    With `named`, a folder or a shipped name, the stage after it begins with that one; the stage itself is left out.
    """

    def __init__(self, filepath: str, named: str | None = None, metadata: dict[str, Any] | None = None) -> None:
        self._filepath, self._named, self.metadata = Path(filepath), named, metadata

    def load(self) -> Checkpoint:
        """The handle on the folder.

        Raises:
            FileNotFoundError: nothing has been trained, or there is none of this name.
        """
        if self._named:
            return Checkpoint.at(self._named)
        recover(self._filepath)
        return Checkpoint.at(self._filepath)

    def save(self, data: Checkpoint) -> None:
        """Take the folder over: built beside its place, compared, then renamed into it.

        Raises:
            ValueError: what lies there is not what the handle was made for.
            FileExistsError: a person has named one to take instead.
        """
        if self._named:
            raise FileExistsError(f"{self._named} was named to be begun with: leave out the stage that would make it")
        self._filepath.parent.mkdir(parents=True, exist_ok=True)
        part = part_of(self._filepath)
        link_tree(data.path, part)
        if Checkpoint.at(part).digest != data.digest:
            raise ValueError(f"{data.path} has changed since this handle was made; run the step again")
        commit(part, self._filepath)

    def preview(self) -> JSONPreview:
        """What config.json says."""
        return JSONPreview(json.dumps(self.load().config()))

    def _exists(self) -> bool:
        if self._named:
            return CheckpointDataset(self._named)._exists()
        recover(self._filepath)
        return (self._filepath / "config.json").is_file()

    def _describe(self) -> dict[str, Any]:
        return {"checkpoint": self._named} if self._named else {"filepath": str(self._filepath)}
