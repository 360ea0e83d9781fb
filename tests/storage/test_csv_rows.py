from __future__ import annotations

import csv
import io

from str_pipelines.storage.csv_rows import as_csv


def test_rows_come_back_under_the_columns_of_all() -> None:
    rows = [{"length": 3, "note": 'a "b", c'}, {"more": 1.5, "note": "two\r\nlinés"}]
    found = list(csv.DictReader(io.StringIO(as_csv(rows).decode(), newline="")))
    assert found == [
        {"length": "3", "note": 'a "b", c', "more": ""},
        {"length": "", "note": "two\r\nlinés", "more": "1.5"},
    ]


def test_no_rows_are_no_columns() -> None:
    assert as_csv([]).strip() == b""
