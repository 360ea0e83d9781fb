"""Catalog entries of words with a second plane: raw sets, chosen by parameters, and LMDBs of pairs."""

from __future__ import annotations

import json
from abc import abstractmethod
from typing import Any, NoReturn

from kedro.io import AbstractDataset

from str_pipelines.datasets.checkpoints import JSONPreview
from str_pipelines.datasets.handles import HandleDataset, ImagePreview
from str_pipelines.sources.plane_config import masked_source_of, pairs_source_of
from str_pipelines.sources.planes import RawMasked, RawPairs
from str_pipelines.storage.pairs import PairLmdb

Raw = RawMasked | RawPairs


class RawPlanesDataset(AbstractDataset[Raw, Raw]):  # type: ignore[misc]
    """A set as it came. `source` is a block of parameters: a kind, and what this kind of set wants to know."""

    def __init__(self, source: dict[str, Any], metadata: dict[str, Any] | None = None) -> None:
        self._source, self.metadata = source, metadata

    @abstractmethod
    def look(self) -> Raw:
        """Which set, where, and a digest of its state; FileNotFoundError where it is not there."""

    def load(self) -> Raw:
        """The same."""
        return self.look()

    def save(self, data: Raw) -> NoReturn:
        """Never: this entry is an input."""
        raise NotImplementedError(f"{data.path} is chosen by a parameter, no step makes it")

    def preview(self) -> JSONPreview:
        """The parameters of the set and its digest."""
        raw = self.look()
        return JSONPreview(json.dumps({**raw.source.model_dump(mode="json"), "digest": raw.digest}))

    def _exists(self) -> bool:
        try:
            self.look()
        except FileNotFoundError:
            return False
        return True

    def _describe(self) -> dict[str, Any]:
        return {"source": self._source}


class RawMaskedDataset(RawPlanesDataset):
    """Words with masks."""

    def look(self) -> RawMasked:
        """As `RawPlanesDataset`."""
        return RawMasked.at(masked_source_of(self._source))


class RawPairsDataset(RawPlanesDataset):
    """Words in two resolutions."""

    def look(self) -> RawPairs:
        """As `RawPlanesDataset`."""
        return RawPairs.at(pairs_source_of(self._source))


class PairLmdbDataset(HandleDataset):
    """Words in two resolutions. `preview` is a sheet of some of them."""

    handle = PairLmdb

    def preview(self, count: int = 16) -> ImagePreview:
        """A contact sheet as base64 PNG."""
        from str_pipelines.datasets.previews import pairs_sheet

        return ImagePreview(pairs_sheet(PairLmdb.at(self._filepath), count))
