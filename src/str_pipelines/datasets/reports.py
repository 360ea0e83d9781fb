"""Catalog entries of reports: a folder with README.md, metrics.json, tables as CSV and sheets as PNG."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any, NewType

from kedro.io import AbstractDataset

from str_pipelines.records import Report
from str_pipelines.storage.csv_rows import as_csv
from str_pipelines.storage.folders import commit, part_of, recover

HTMLPreview = NewType("HTMLPreview", str)
"""kedro viz shows what `preview` returns under this name as HTML, once it has taken scripts out of it."""


class ReportDataset(AbstractDataset[Report, Report]):  # type: ignore[misc]
    """A folder that is replaced as a whole."""

    def __init__(self, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath, self.metadata = Path(filepath), metadata

    def save(self, data: Report) -> None:
        """Write the folder beside its place and rename it."""
        self._filepath.parent.mkdir(parents=True, exist_ok=True)
        part = part_of(self._filepath)
        (part / "README.md").write_text(data.text, encoding="utf-8")
        (part / "metrics.json").write_text(json.dumps(data.metrics, indent=1, ensure_ascii=False), encoding="utf-8")
        for name, rows in data.tables.items():
            (part / f"{name}.csv").write_bytes(as_csv(rows))
        for name, content in {**{f"{n}.png": png for n, png in data.sheets.items()}, **data.files}.items():
            (part / name).parent.mkdir(parents=True, exist_ok=True)
            (part / name).write_bytes(content)
        commit(part, self._filepath)

    def load(self) -> Report:
        """Figures, prose, tables and pictures as they were saved; table cells come back as text.

        Raises:
            FileNotFoundError: no report lies there.
        """
        if not self._exists():
            raise FileNotFoundError(f"{self._filepath}: no metrics.json, so no report lies there")
        files = {
            path.relative_to(self._filepath).as_posix(): path for path in self._filepath.rglob("*") if path.is_file()
        }
        top = [name for name in files if "/" not in name]
        sheets = [name for name in top if name.endswith(".png")]
        tables = [name for name in top if name.endswith(".csv")]
        rest = sorted(files.keys() - {"README.md", "metrics.json", *sheets, *tables})
        return Report(
            metrics=json.loads(files["metrics.json"].read_bytes()),
            text=files["README.md"].read_text(encoding="utf-8"),
            tables={name.removesuffix(".csv"): _read_csv(files[name]) for name in tables},
            sheets={name.removesuffix(".png"): files[name].read_bytes() for name in sheets},
            files={name: files[name].read_bytes() for name in rest},
        )

    def preview(self) -> HTMLPreview:
        """Figures and sheets as HTML."""
        from str_pipelines.datasets.previews import report_page

        return HTMLPreview(report_page(self.load()))

    def _exists(self) -> bool:
        recover(self._filepath)
        return (self._filepath / "metrics.json").is_file()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}


def _read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
