"""Catalog entries of word and scene LMDBs: saving commits a folder, loading gives its handle."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, NewType

from kedro.io import AbstractDataset

from str_pipelines.storage.folders import commit, link_tree, part_of
from str_pipelines.storage.handles import Handle
from str_pipelines.storage.paths import any_case
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.storage.words import WordLmdb

ImagePreview = NewType("ImagePreview", str)
"""kedro viz shows what `preview` returns under this name: a PNG in base64."""


class HandleDataset(AbstractDataset[Handle, Handle]):  # type: ignore[misc]
    """A committed folder at `filepath`. It exists when its manifest is there and says the sizes that the files have.

    A place of the project's own is written anew by every run. One that a person has `named`, by --params, in whichever
    case, may hold what is dear to them: another set that lies there stays.
    """

    handle: ClassVar[type[Handle]]

    def __init__(
        self, filepath: str | None = None, named: str | None = None, metadata: dict[str, Any] | None = None
    ) -> None:
        self._filepath = any_case(Path(named)) if named else Path(filepath or "")
        self._named, self.metadata = bool(named), metadata

    def load(self) -> Handle:
        """The handle on what lies there."""
        return self.handle.at(self._filepath)

    def save(self, data: Handle) -> None:
        """Take over the handle's folder: verified, built beside the place, then renamed into it.

        Raises:
            ValueError: it is of another kind, or what lies there is not what the handle was made for.
            FileExistsError: a person has named the place, and something else lies there.
        """
        if self.handle.at(data.path).digest != data.digest:
            raise ValueError(f"{data.path} has changed since this handle was made; run the step again")
        if data.path.resolve() == self._filepath.resolve():
            return
        self._refuse_to_replace(data)
        self._filepath.parent.mkdir(parents=True, exist_ok=True)
        part = part_of(self._filepath)
        link_tree(data.path, part)
        self.handle.at(part)
        commit(part, self._filepath)

    def _refuse_to_replace(self, data: Handle) -> None:
        if not self._named or not self._filepath.exists():
            return
        if not (self._exists() and self.handle.at(self._filepath).digest == data.digest):
            raise FileExistsError(
                f"{self._filepath} holds something else already, and stays as it is. To read it, leave out the step "
                "that would write there: --namespaces=… (see README); to have it replaced, remove it first"
            )

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
