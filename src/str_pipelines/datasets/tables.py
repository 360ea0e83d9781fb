"""Catalog entries of tables: a folder with a parquet, its manifest and, where asked for, the same rows as CSV."""

from __future__ import annotations

import csv
import shutil
from itertools import islice
from pathlib import Path
from typing import Any, NewType

from kedro.io import AbstractDataset

from str_pipelines.records import Table
from str_pipelines.storage.folders import commit, part_of, recover
from str_pipelines.storage.manifests import Manifest, Part, read_manifest, whole, write_manifest

TablePreview = NewType("TablePreview", dict[str, Any])
"""kedro viz shows what `preview` returns under this name as a table: `columns` and `data`."""
PARQUET = "table.parquet"


class TableDataset(AbstractDataset[Table, Table]):  # type: ignore[misc]
    """A table that is replaced as a whole. `csv` also writes `<folder>.csv` beside it, for other programs."""

    def __init__(self, filepath: str, csv: bool = False, metadata: dict[str, Any] | None = None) -> None:
        self._filepath, self._csv, self.metadata = Path(filepath), csv, metadata

    def save(self, data: Table) -> None:
        """Copy the parquet into a folder beside its place and rename that."""
        self._filepath.parent.mkdir(parents=True, exist_ok=True)
        part = part_of(self._filepath)
        shutil.copy2(data.path, part / PARQUET)
        if self._csv:
            _write_csv(part / f"{self._filepath.name}.csv", data)
        file = Part(path=PARQUET, count=data.rows, bytes=(part / PARQUET).stat().st_size)
        write_manifest(part, Manifest(kind="table", count=data.rows, digest=data.digest, parts=(file,)))
        commit(part, self._filepath)

    def load(self) -> Table:
        """The handle on what lies there.

        Raises:
            FileNotFoundError: nothing finished does.
            ValueError: it is damaged.
        """
        recover(self._filepath)
        manifest = read_manifest(self._filepath)
        return Table(self._filepath / PARQUET, manifest.count, manifest.digest)

    def preview(self, nrows: int = 20) -> TablePreview:
        """The first rows."""
        from str_pipelines.storage.tables import iterate

        rows = list(islice(iterate(self.load().path), nrows))
        columns = list(rows[0]) if rows else []
        return TablePreview(
            {"index": list(range(len(rows))), "columns": columns, "data": [list(row.values()) for row in rows]}
        )

    def _exists(self) -> bool:
        recover(self._filepath)
        return whole(self._filepath)

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath), "csv": self._csv}


def _write_csv(path: Path, table: Table) -> None:
    from str_pipelines.storage.tables import iterate

    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        for number, row in enumerate(iterate(table.path)):
            if not number:
                writer.writerow(row)
            writer.writerow(row.values())
