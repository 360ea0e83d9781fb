"""Rows come back as they went in, from any range, and rows of another shape are refused."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from str_pipelines.records import Table
from str_pipelines.storage import tables
from str_pipelines.storage.tables import RowWriter, column, iterate, rows_in, rows_of, write_table


def rows(count: int) -> list[dict[str, Any]]:
    return [{"id": f"row {n}", "n": n, "share": n / 7, "quad": [float(n)] * 4, "note": None} for n in range(count)]


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Table:
    """53 rows in groups of 10."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "ROW_GROUP", 10)
        return write_table(tmp_path_factory.mktemp("tables") / "table.parquet", rows(53))


def test_rows_come_back(table: Table) -> None:
    assert rows_of(table) == rows(53)
    assert table.rows == 53
    assert [row["id"] for row in iterate(table.path, ["id"])] == [row["id"] for row in rows(53)]
    assert [path.name for path in table.path.parent.iterdir()] == ["table.parquet"]


@given(st.integers(0, 60), st.integers(0, 60))
def test_any_range_of_rows_can_be_read(table: Table, start: int, stop: int) -> None:
    assert list(rows_in(table, range(start, stop))) == rows(53)[start:stop]


def test_the_digest_is_of_the_rows_and_not_of_their_packing(table: Table, tmp_path: Path) -> None:
    assert write_table(tmp_path / "once.parquet", rows(53)).digest == table.digest
    assert write_table(tmp_path / "less.parquet", rows(52)).digest != table.digest


def test_a_table_without_rows_can_be_read(tmp_path: Path) -> None:
    empty = write_table(tmp_path / "deeper" / "table.parquet", [])
    assert (empty.rows, rows_of(empty), list(rows_in(empty, range(5)))) == (0, [], [])


def test_a_column_of_several_files(tmp_path: Path) -> None:
    counts = (3, 0, 2)
    paths = [write_table(tmp_path / f"id={count}.parquet", rows(count)).path for count in counts]
    assert column(paths, "id").to_pylist() == ["row 0", "row 1", "row 2", "row 0", "row 1"]
    assert column([], "id").to_pylist() == []


@pytest.mark.parametrize("row", [{"a": 1}, {"a": 1, "b": 2, "c": 3}, {"a": 1, "c": 2}])
def test_a_row_of_other_columns_is_refused_at_once(tmp_path: Path, row: dict[str, int]) -> None:
    writer = RowWriter(tmp_path / "rows.parquet")
    writer.add({"a": 0, "b": 0})
    with pytest.raises(ValueError, match=r"row 2 has not the columns of the first, they differ in [bc]"):
        writer.add(row)


@pytest.mark.parametrize("value", [1.5, "text", "7", [1], True])
def test_a_row_of_other_types_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: object) -> None:
    monkeypatch.setattr(tables, "ROW_GROUP", 2)
    writer = RowWriter(tmp_path / "rows.parquet")
    for n in range(3):
        writer.add({"a": n})
    with pytest.raises(ValueError, match=r"rows\.parquet: rows 3 to 4 do not fit the types of the first"):
        writer.add({"a": value})


def test_later_rows_may_be_poorer_than_the_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "ROW_GROUP", 1)
    given = [{"a": 1.5, "b": [2.5]}, {"a": 2, "b": []}, {"a": None, "b": [1, 3]}, {"b": None, "a": 4.5}]
    assert rows_of(write_table(tmp_path / "table.parquet", given)) == given


def test_a_failed_table_leaves_the_old_one(tmp_path: Path, table: Table) -> None:
    path = tmp_path / "table.parquet"
    write_table(path, rows(3))
    with pytest.raises(ZeroDivisionError):
        write_table(path, ({"n": 1 // (2 - n)} for n in range(3)))
    assert list(iterate(path)) == rows(3)


def test_a_damaged_table_is_named(tmp_path: Path) -> None:
    path = write_table(tmp_path / "table.parquet", rows(53)).path
    whole, rng, refused = path.read_bytes(), random.Random(0), 0
    for number in range(60):
        damaged = bytearray(whole[: rng.randrange(len(whole))] if number % 3 else whole)
        for _ in range(20 if damaged and not number % 3 else 0):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        path.write_bytes(damaged)
        for read in (lambda: list(iterate(path)), lambda: column([path], "id"), lambda: rows_of(Table(path, 53, ""))):
            try:
                read()
            except ValueError as error:
                assert f"{path}: no parquet that can be read (" in str(error) and "\n" not in str(error)
                refused += 1
    assert refused > 120
    path.unlink()
    with pytest.raises(FileNotFoundError, match=r"table\.parquet"):
        list(iterate(path))
