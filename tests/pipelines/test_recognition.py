"""A reader on benchmark sets and on folders of pictures, from the command line."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from str_pipelines.imaging.decode import encode_png
from str_pipelines.records import Word
from str_pipelines.storage.words import WordLmdb, WordWriter

from .running import kedro

ROOT = Path(__file__).parents[2]
REAL = ROOT / "../shared/data/real_scenes"


def score(data: Path, *params: str, succeeds: bool = True) -> str:
    given = [f"--params={','.join(params)}"] if params else []
    return kedro(data, "--pipeline=evaluate", "--namespaces=evaluate.recognition", *given, succeeds=succeeds)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where scoring with nothing given has put everything."""
    folder = tmp_path_factory.mktemp("data with blank ä")
    score(folder)
    return folder


def metrics(data: Path, report: str) -> dict[str, dict[str, float]]:
    return dict(json.loads((data / f"08_reporting/{report}/metrics.json").read_bytes()))


def test_with_nothing_given_a_newcomer_sees_a_table(data: Path) -> None:
    found = metrics(data, "recognition_report")
    assert found["words"] == {"demo_plain": 8, "demo_photographs": 8, "demo_small": 8}
    assert found["word_accuracy"]["demo_plain"] >= 0.8
    assert found["latency_ms"]["batch_1"] < found["latency_ms"]["batch_32"]
    text = (data / "08_reporting/recognition_report/README.md").read_text(encoding="utf-8")
    assert "| demo_plain | 8 |" in text and "| ctc-" in text
    assert "turned by the reader itself" in text


def test_readers_of_earlier_runs_stand_beside(data: Path, tmp_path: Path) -> None:
    """The same network under another name is another reader, and reads the same."""
    again = shutil.copytree(ROOT / "src/str_pipelines/weights/ctc_small", tmp_path / "again")
    (again / "config.json").write_text(json.dumps(json.loads((again / "config.json").read_bytes()), indent=3))
    said = score(data, f"reader={again}", "evaluate.recognition.find.sets=demo_plain")
    assert "word_accuracy/demo_plain" in said and "demo_small" not in said
    with (data / "08_reporting/recognition_report/readers.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len({row["reader"] for row in rows}) == 2 and len({row["demo_plain"] for row in rows}) == 1
    kept = sorted(file.name for file in (data / "08_reporting/recognition").rglob("*.json"))
    assert kept == ["demo_photographs.json", "demo_plain.json", "demo_plain.json", "demo_small.json"]


def test_another_version_of_a_set_stops_the_run(data: Path, tmp_path: Path) -> None:
    stored(tmp_path / "sets/IC13", 3)
    said = score(data, f"benchmarks={tmp_path}/sets", succeeds=False)
    assert "IC13 has 3 words where 857 (IC13_857) or 1,015" in said
    said = score(data, f"benchmarks={tmp_path}/sets", "evaluate.recognition.find.sets=SVT", succeeds=False)
    assert "none of the sets SVT can be scored" in said and "--params=benchmarks=FOLDER" in said


def stored(folder: Path, count: int) -> WordLmdb:
    with WordWriter(folder) as writer:
        for number in range(count):
            writer.add(Word(f"my/{number}", encode_png(np.full((20, 60, 3), 90, np.uint8)), "word", (60, 20)))
        writer.finish()
    return WordLmdb.at(folder)


def readings(data: Path) -> list[dict[str, str]]:
    with (data / "07_model_output/readings/readings.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_folder_of_pictures_is_read(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "my words, ä"
    folder.mkdir()
    words = next((data / "work/evaluate.recognition.demo").glob("*/manifest.json")).parent
    chosen = list(WordLmdb.at(words))[:3]
    for word in chosen:
        (folder / f"{word.id}.png").write_bytes(word.image)
    (folder / "broken.png").write_bytes(chosen[0].image[:80])
    (folder / "notes.txt").write_text("no picture")
    quoted = f"pictures={folder}".replace(",", "?")  # `--params` splits at commas
    folder.rename(quoted.removeprefix("pictures="))
    kedro(data, "--pipeline=recognize", f"--params={quoted}")
    rows = readings(data)
    assert [row["path"] for row in rows] == [*sorted(["broken.png", *(f"{w.id}.png" for w in chosen)]), "notes.txt"]
    assert {row["reason"] for row in rows if row["path"] in ("broken.png", "notes.txt")} == {
        "image_truncated", "image_unreadable",
    }  # fmt: skip
    assert metrics(data, "readings_report")["pictures"]["refused"] == 2
    assert "found done" in kedro(data, "--pipeline=recognize", f"--params={quoted}")


def test_a_word_lmdb_is_read(data: Path, tmp_path: Path) -> None:
    stored(tmp_path / "words", 2)
    kedro(data, "--pipeline=recognize", f"--params=pictures={tmp_path}/words")
    assert [(row["path"], row["reading"], row["reason"]) for row in readings(data)] == [
        ("my/0", "", ""),
        ("my/1", "", ""),
    ]


def test_nothing_there_says_what_to_give(data: Path) -> None:
    assert "--params=pictures=FOLDER" in kedro(data, "--pipeline=recognize", succeeds=False)
    assert "--params=benchmarks=FOLDER" in score(data, "benchmarks=/nowhere", succeeds=False)


@pytest.mark.slow
@pytest.mark.skipif(not REAL.is_dir(), reason="the real photographs are not there")
def test_the_judges_known_figures_come_out(tmp_path: Path) -> None:
    score(tmp_path, f"benchmarks={REAL}", "evaluate.recognition.find.sets='ic13_half ic15_half'")
    found = metrics(tmp_path, "recognition_report")
    assert {name: round(value, 3) for name, value in found["word_accuracy"].items()} == {
        "ic13_half_anchors": 0.942, "ic13_half_test": 0.922, "ic15_half_anchors": 0.805, "ic15_half_test": 0.838,
    }  # fmt: skip
    means = {name: round(value, 3) for name, value in found["mean_word_accuracy"].items()}
    assert (means["ic13_half_weighted"], means["ic15_half_weighted"]) == (0.934, 0.818)
