from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from str_pipelines.execution import Execution
from str_pipelines.imaging.decode import decode, encode_png
from str_pipelines.recognizers.pictures_report import pictures_report
from str_pipelines.records import Report
from str_pipelines.sources.pictures import find_pictures
from str_pipelines.storage.tables import write_table

ROWS = [
    ("a.png", "sure", 0.9, ""),
    ("b.png", "doubt", 0.2, ""),
    ("c.png", "", 0.0, ""),
    ("d.png", "", 0.0, "image_empty"),
]


def report(tmp_path: Path, rows: list[tuple[str, str, float, str]], gone: str = "") -> Report:
    """Of pictures that are black, but the second, which is red."""
    (tmp_path / "in").mkdir()
    for number, (name, *_) in enumerate(rows):
        picture = np.full((20, 60, 3), (220, 0, 0) if number == 1 else 0, np.uint8)
        (tmp_path / "in" / name).write_bytes(encode_png(picture))
    pictures = find_pictures(tmp_path / "in", Execution(backend="serial", work=tmp_path / "work"))
    if gone:
        (tmp_path / "in" / gone).unlink()
    table: list[dict[str, Any]] = [
        {"path": path, "reading": text, "confidence": confidence, "width": 60, "height": 20, "reason": reason}
        for path, text, confidence, reason in rows
    ]
    return pictures_report(write_table(tmp_path / "readings.parquet", table), pictures)


def test_counts_and_reasons(tmp_path: Path) -> None:
    found = report(tmp_path, ROWS)
    assert found.metrics == {
        "pictures": {"given": 4, "read": 2, "nothing_seen": 1, "refused": 1},
        "refused": {"image_empty": 1},
        "confidence": {"mean": pytest.approx(0.55), "median": pytest.approx(0.55)},
    }
    assert "Of 4 pictures 2 were read; in 1 no text was seen" in found.text and "| image_empty | 1 |" in found.text
    assert "ingest.scenes" not in found.text


def test_the_least_certain_come_first(tmp_path: Path) -> None:
    found = report(tmp_path, ROWS)
    assert [row["path"] for row in found.tables["least_certain"]] == ["b.png", "a.png"]
    sheet = decode(found.sheets["least_certain"])
    assert ((sheet == (220, 0, 0)).all(axis=2)).sum() > 1000  # the second picture is there
    assert np.argwhere((sheet == (220, 0, 0)).all(axis=2))[0][1] < 20  # and stands on the left


def test_a_picture_that_has_gone_costs_only_its_cell(tmp_path: Path) -> None:
    found = report(tmp_path, ROWS, gone="b.png")
    assert not (decode(found.sheets["least_certain"]) == (220, 0, 0)).all(axis=2).any()


def test_whoever_gives_photographs_learns_what_to_do(tmp_path: Path) -> None:
    found = report(tmp_path, [("photo.jpg", "", 0.0, "image_too_large")])
    assert "--namespaces=ingest.scenes" in found.text
    assert not found.sheets and "confidence" not in found.metrics
