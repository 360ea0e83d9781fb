from __future__ import annotations

import csv
from pathlib import Path

import pytest
from kedro.io import DatasetError

from str_pipelines.datasets.tables import TableDataset
from str_pipelines.records import Table
from str_pipelines.storage.tables import rows_of, write_table

ROWS = [{"path": "ä b.png", "reading": 'a "b", c', "confidence": 0.5}, {"path": "x", "reading": "", "confidence": 1.0}]


@pytest.fixture
def table(tmp_path: Path) -> Table:
    return write_table(tmp_path / "work.parquet", ROWS)


def test_a_table_comes_back_as_it_was_saved(tmp_path: Path, table: Table) -> None:
    dataset = TableDataset(str(tmp_path / "deep/readings"))
    assert not dataset.exists()
    dataset.save(table)
    table.path.unlink()
    found = dataset.load()
    assert dataset.exists() and rows_of(found) == ROWS
    assert (found.rows, found.digest) == (table.rows, table.digest)
    assert sorted(file.name for file in (tmp_path / "deep/readings").iterdir()) == ["manifest.json", "table.parquet"]


def test_other_programs_get_csv(tmp_path: Path, table: Table) -> None:
    TableDataset(str(tmp_path / "readings"), csv=True).save(table)
    with (tmp_path / "readings/readings.csv").open(newline="", encoding="utf-8") as file:
        assert list(csv.DictReader(file)) == [{name: str(value) for name, value in row.items()} for row in ROWS]


def test_a_save_takes_the_place_of_the_one_before(tmp_path: Path, table: Table) -> None:
    dataset = TableDataset(str(tmp_path / "readings"), csv=True)
    dataset.save(table)
    dataset.save(write_table(tmp_path / "other.parquet", ROWS[:1]))
    assert rows_of(dataset.load()) == ROWS[:1]
    assert (tmp_path / "readings/readings.csv").read_text(encoding="utf-8").count("\n") == 2


def test_a_table_may_be_empty(tmp_path: Path) -> None:
    dataset = TableDataset(str(tmp_path / "none"), csv=True)
    dataset.save(write_table(tmp_path / "none.parquet", []))
    assert rows_of(dataset.load()) == [] and dataset.preview() == {"index": [], "columns": [], "data": []}


def test_half_of_a_table_is_none(tmp_path: Path, table: Table) -> None:
    dataset = TableDataset(str(tmp_path / "readings"))
    dataset.save(table)
    (tmp_path / "readings/table.parquet").write_bytes(b"half")
    assert not dataset.exists()
    with pytest.raises(DatasetError, match="the manifest says"):
        dataset.load()


def test_the_preview_has_the_first_rows(tmp_path: Path, table: Table) -> None:
    dataset = TableDataset(str(tmp_path / "readings"))
    dataset.save(table)
    assert dataset.preview(1) == {
        "index": [0], "columns": ["path", "reading", "confidence"], "data": [["ä b.png", 'a "b", c', 0.5]],
    }  # fmt: skip
    assert dataset.preview.__annotations__["return"] == "TablePreview"
