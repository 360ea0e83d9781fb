"""Catalog entries of word and scene LMDBs: saving commits a folder, loading gives its handle."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, NewType

from kedro.io import AbstractDataset

from str_pipelines.storage.folders import commit, link_tree, part_of
from str_pipelines.storage.handles import Handle
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.storage.words import WordLmdb

ImagePreview = NewType("ImagePreview", str)
"""kedro viz shows what `preview` returns under this name: a PNG in base64."""


class HandleDataset(AbstractDataset[Handle, Handle]):  # type: ignore[misc]
    """A committed folder at `filepath`. It exists when its manifest is there and says the sizes that the files have."""

    handle: ClassVar[type[Handle]]

    def __init__(self, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath, self.metadata = Path(filepath), metadata

    def load(self) -> Handle:
        """The handle on what lies there."""
        return self.handle.at(self._filepath)

    def save(self, data: Handle) -> None:
        """Take over the handle's folder: verified, built beside the place, then renamed into it.

        Raises:
            ValueError: it is of another kind, or what lies there is not what the handle was made for.
        """
        if self.handle.at(data.path).digest != data.digest:
            raise ValueError(f"{data.path} has changed since this handle was made; run the step again")
        if data.path.resolve() == self._filepath.resolve():
            return
        self._filepath.parent.mkdir(parents=True, exist_ok=True)
        part = part_of(self._filepath)
        link_tree(data.path, part)
        self.handle.at(part)
        commit(part, self._filepath)

    def _exists(self) -> bool:
        return self.handle.exists(self._filepath)

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}


class WordLmdbDataset(HandleDataset):
    """Labelled words. `preview` is a sheet of some of them."""

    handle = WordLmdb

    def preview(self, count: int = 24) -> ImagePreview:
        """A contact sheet as base64 PNG."""
        from str_pipelines.datasets.previews import words_sheet

        return ImagePreview(words_sheet(WordLmdb.at(self._filepath), count))


class SceneLmdbDataset(HandleDataset):
    """Photographs with their text. `preview` is a sheet of some of them."""

    handle = SceneLmdb

    def preview(self, count: int = 6) -> ImagePreview:
        """A contact sheet as base64 PNG."""
        from str_pipelines.datasets.previews import scenes_sheet

        return ImagePreview(scenes_sheet(SceneLmdb.at(self._filepath), count))
