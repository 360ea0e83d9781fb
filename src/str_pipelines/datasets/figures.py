"""Catalog entries of figures that accumulate from run to run: a small JSON file a name, below one folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kedro.io import AbstractDataset

from str_pipelines.storage.folders import write_whole

Figures = Mapping[str, Mapping[str, Any]]


class FiguresDataset(AbstractDataset[Figures, Figures]):  # type: ignore[misc]
    """Figures by name, `rapidocr-3fa9c1d2/IC13_857`. Saving replaces those of the same names, loading gives all."""

    def __init__(self, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath, self.metadata = Path(filepath), metadata

    def save(self, data: Figures) -> None:
        """Write each to `<name>.json`."""
        for name, values in data.items():
            path = self._filepath / f"{name}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, json.dumps(values, indent=1, ensure_ascii=False).encode())

    def load(self) -> dict[str, dict[str, Any]]:
        """All that were ever saved here.

        Raises:
            ValueError: a file is no JSON object.
        """
        return {file.relative_to(self._filepath).with_suffix("").as_posix(): _object(file) for file in self._files()}

    def _files(self) -> list[Path]:
        return sorted(self._filepath.rglob("*.json"))

    def _exists(self) -> bool:
        return bool(self._files())

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}


def _object(file: Path) -> dict[str, Any]:
    try:
        values = json.loads(file.read_bytes())
    except ValueError as error:
        raise ValueError(f"{file}: no JSON ({error}); delete it, the reader that it names can be run again") from error
    if not isinstance(values, dict):
        raise ValueError(f"{file}: a JSON object is wanted; delete it, or keep other files elsewhere")
    return values
