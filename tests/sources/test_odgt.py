"""Both kinds of odgt lines say which picture shows what; any other line costs itself alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from str_pipelines.execution import Execution
from str_pipelines.sources.odgt import parsed, textsr_line, textzoom_line
from str_pipelines.sources.word_config import ReadWordsParams
from str_pipelines.sources.words import ingest
from str_pipelines.storage.words import WordLmdb
from tests.sources.conftest import picture

LABELS = ["[Description", 'a/"b"', "café", "日本", " ", "\\n"]


def write(root: Path, lines: list[Any]) -> Path:
    (root / "8").mkdir(parents=True)
    for number in range(4):
        (root / f"8/{number}.png").write_bytes(picture(number))
    said = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    (root / "syntxt_crop.odgt").write_text("\n".join(said), encoding="utf-8")
    return root


def read(root: Path, here: Execution, **options: Any) -> WordLmdb:
    return ingest(ReadWordsParams.model_validate({"source": {"kind": "odgt", "root": root, **options}}), here)


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize(("line", "source"), [(textsr_line, ""), (textzoom_line, "IC13/test")])
def test_what_is_written_is_read(line: Any, source: str, label: str) -> None:
    assert parsed(line("8/0.png", label, source).encode()) == ("8/0.png", label, "", source)


def test_both_dialects_in_one_listing(tmp_path: Path, here: Execution) -> None:
    textsr = [{"im_path": path, "im_name": f"{number}.png", "label": "w"} for number, path in enumerate(("./8", "8/"))]
    textzoom = {"img_path": "8/2.png", "img_gt": "w", "dataset": "IC15", "type": "train"}
    words = list(read(write(tmp_path / "crops", [*textsr, textzoom]), here))
    assert [(word.id, word.source) for word in words] == [
        ("8/0.png", "crops"),
        ("8/1.png", "crops"),
        ("8/2.png", "IC15/train"),
    ]


def test_paths_of_another_machine_lose_what_is_its_own(tmp_path: Path, here: Execution) -> None:
    root = write(tmp_path / "crops", [{"im_path": "/home/me/syntxt_crop/8", "im_name": "0.png", "label": "w"}])
    with pytest.raises(ValueError, match="path_leaves_root"):
        read(root, here)
    assert [word.id for word in read(root, here, prefix="/home/me/syntxt_crop")] == ["8/0.png"]


def test_any_other_line_costs_itself_alone(tmp_path: Path, here: Execution) -> None:
    good = {"im_path": "8", "im_name": "0.png", "label": "w"}
    bad = [
        "{",
        "[]",
        "7",
        {},
        {**good, "label": 7},
        {**good, "im_name": "\x00"},
        {**good, "im_path": ".."},
        good,
        "\udcff",
    ]
    root = write(tmp_path / "crops", [])
    lines = [line if isinstance(line, str) else json.dumps(line) for line in [good, *bad]]
    (root / "syntxt_crop.odgt").write_text("\n".join(lines), encoding="utf-8", errors="surrogateescape")
    words = read(root, here)
    assert [word.id for word in words] == ["8/0.png"]
    reasons = [each.reason for each in words.rejections()]
    assert reasons == [*["line_not_odgt"] * 5, "path_malformed", "path_leaves_root", "listed_before", "line_not_odgt"]
