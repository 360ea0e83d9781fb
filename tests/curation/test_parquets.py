"""Parquets of other people: columns as Hugging Face has them, and what cannot be used is refused by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from str_pipelines.curation import parquets
from str_pipelines.curation.arguments import main
from tests.curation.samples import picture, run


def parquet_of(path: Path, rows: list[dict[str, Any]], group: int = 1000) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=group)
    return path


def cell(number: int) -> dict[str, Any]:
    return {"bytes": picture(number), "path": None}


def test_columns_of_either_kind_over_files_and_row_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquets, "AT_ONCE", 2)
    rows = [{"image": cell(number), "label": f"w{number}", "font": number / 2} for number in range(23)]
    for file, start in enumerate(range(0, 23, 9)):
        parquet_of(tmp_path / f"a/data/train-{file}.parquet", rows[start : start + 9], group=4)
    made = list(run("convert", tmp_path / "a", tmp_path / "b"))
    assert [(word.label, word.image, word.facts) for word in made] == [
        (f"w{number}", picture(number), {"font": number / 2}) for number in range(23)
    ]
    assert made[9].id == "train-1/000000001"
    plain = parquet_of(tmp_path / "c.parquet", [{"image": picture(1), "text": "x", "id": "mine", "source": "me"}])
    [word] = run("convert", plain, tmp_path / "d")
    assert (word.id, word.label, word.source) == ("mine", "x", "me")


def test_a_row_that_cannot_be_used_costs_only_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquets, "IMAGE_BYTES", 2000)
    cells = [
        cell(0),
        None,
        {"bytes": None, "path": "/etc/passwd"},
        {"bytes": b"x" * 2001, "path": ""},
        cell(1),
        cell(2),
    ]
    rows = [{"image": each, "label": "good", "id": f"{number}", "sure": 0.5} for number, each in enumerate(cells)]
    rows[4]["label"], rows[5]["sure"] = None, float("nan")
    rows += [{"image": {"bytes": b"none"}, "label": "x", "id": "6", "sure": 1.0}]
    rows += [{"image": cell(3), "label": "x", "id": "line\nend", "sure": 1.0}]
    made = run("convert", parquet_of(tmp_path / "a.parquet", rows), tmp_path / "b")
    assert [word.id for word in made] == ["0"]
    assert [each.reason for each in made.rejections()] == [
        "image_missing", "image_missing", "file_too_large", "label_missing", "record_malformed", "image_unreadable",
        "id_malformed",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([{"picture": b"", "label": "x"}], "the columns are picture, label; wanted are `image`"),
        ([{"image": b"", "label": 7}], "a text `label` or `text`"),
        ([{"image": b"x", "label": "y"}], "a row group unpacks to more than 50 bytes"),
    ],
)
def test_a_file_that_is_none_is_refused(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    rows: list[dict[str, Any]],
    reason: str,
) -> None:
    monkeypatch.setattr(parquets, "GROUP_BYTES", 50)
    assert main(["convert", str(parquet_of(tmp_path / "a.parquet", rows)), "--into", str(tmp_path / "b")]) == 1
    assert reason in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.parquet"]


def test_a_damaged_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = parquet_of(tmp_path / "a.parquet", [{"image": picture(1), "label": "x"}])
    file.write_bytes(file.read_bytes()[:-20])
    assert main(["convert", str(file), "--into", str(tmp_path / "b")]) == 1
    assert f"{file}: no parquet that can be read" in capsys.readouterr().err
