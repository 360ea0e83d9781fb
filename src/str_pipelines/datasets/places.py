"""Catalog entry of a raw folder or file that a person names: made by no step, looked at by the step that reads it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

from kedro.io import AbstractDataset


class PlaceDataset(AbstractDataset[Path | None, Path | None]):  # type: ignore[misc]
    """Where raw data lie; None where nothing was named and the step can do without. `parameter` is what names it."""

    def __init__(self, path: str | None, parameter: str, metadata: dict[str, Any] | None = None) -> None:
        self._place, self._parameter, self.metadata = path, parameter, metadata

    def load(self) -> Path | None:
        """The place.

        Raises:
            FileNotFoundError: nothing lies there.
        """
        if not self._exists():
            raise FileNotFoundError(f"{self._place}: nothing lies there; name it by --params={self._parameter}=FOLDER")
        return Path(self._place) if self._place else None

    def save(self, data: Path | None) -> NoReturn:
        """Never: this entry is an input."""
        raise NotImplementedError(f"{self._place} is named by a parameter, no step makes it")

    def _exists(self) -> bool:
        return not self._place or Path(self._place).exists()

    def _describe(self) -> dict[str, Any]:
        return {"path": self._place, "parameter": self._parameter}
