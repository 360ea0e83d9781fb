"""A catalog entry that loads a handle."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from kedro.io import AbstractDataset

from str_pipelines.records import Table


class TableDataset(AbstractDataset[Table, Table]):
    """A text file as a `Table`: a row a line."""

    def __init__(self, filepath: str) -> None:
        self._filepath = Path(filepath)

    def load(self) -> Table:
        data = self._filepath.read_bytes()
        return Table(self._filepath, data.count(b"\n"), hashlib.sha256(data).hexdigest())

    def save(self, data: Table) -> None:
        self._filepath.write_bytes(data.path.read_bytes())

    def _exists(self) -> bool:
        return self._filepath.is_file()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}
