"""One's own photographs, from the command line: one box and one word, a folder, and a look before."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from str_pipelines.imaging.decode import decode, encode_png
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.storage.words import WordLmdb

from .running import kedro


@pytest.fixture(scope="module")
def sign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photograph of a sign, in a folder of its own."""
    canvas = np.full((420, 560, 3), (225, 225, 210), np.uint8)
    cv2.putText(canvas, "Parking", (60, 160), cv2.FONT_HERSHEY_SIMPLEX, 3, (20, 30, 120), 7, cv2.LINE_AA)
    path = tmp_path_factory.mktemp("my photographs ä") / "a sign.png"
    path.write_bytes(encode_png(canvas))
    return path


def test_one_word_into_one_photograph(sign: Path, tmp_path: Path) -> None:
    given = f"photograph='{sign}',box='60 250 300 330',word='0123'"
    kedro(tmp_path, "--pipeline=synthesize", f"--params={given}", env="photograph")
    [word] = WordLmdb.at(tmp_path / "07_model_output/synthetic_words")
    assert word.label == "0123" and word.facts["kind"] == "given" and word.facts["source_text"] == ""
    before = decode(sign.read_bytes())
    edited = decode((tmp_path / "08_reporting/synthesis_card/photographs/a sign.png.png").read_bytes())
    changed = np.argwhere((edited != before).any(axis=2))
    assert len(changed) > 500
    assert changed.min(axis=0)[0] > 220 and changed.max(axis=0)[0] < 360 and changed.max(axis=0)[1] < 330
    assert (tmp_path / "08_reporting/synthesis_card/words.png").is_file()


@pytest.mark.parametrize(
    ("env", "params", "message"),
    [
        ("photograph", "box='1 2 30 40',word=0123", "83 is no text but a int; quote it twice"),
        ("photograph", "box='1 2 30 40'", "Runtime parameter 'word' not found"),
        ("photograph", "box='30 2 1 40',word='EXIT'", "box_reversed: '30 2 1 40'"),
        ("base", "box='1 2 30 40',word='EXIT'", "box (is read with --env=photograph)"),
    ],
)
def test_what_is_wrong_is_said(sign: Path, tmp_path: Path, env: str, params: str, message: str) -> None:
    options = ("--pipeline=synthesize", f"--params=photograph='{sign}',{params}")
    assert message in kedro(tmp_path, *options, env=env, succeeds=False)


@pytest.mark.slow
def test_a_folder_is_looked_at_and_then_read(sign: Path, tmp_path: Path) -> None:
    folder = f"--params=ingest.scenes.read.source.kind=folder,ingest.scenes.read.source.root={sign.parent}"
    said = kedro(tmp_path, "--pipeline=ingest", "--namespaces=ingest.preview", folder, env=None)
    assert "photographs/usable" in said and not (tmp_path / "03_primary").exists()
    metrics = json.loads((tmp_path / "08_reporting/scenes_preview/metrics.json").read_bytes())
    assert metrics["words"] == {"words": 1, "with_text": 0, "with_hint": 1, "invalid": 0}
    kedro(tmp_path, "--pipeline=synthesize", f"{folder},painter=render", env=None)
    [scene] = SceneLmdb.at(tmp_path / "03_primary/scenes")
    assert [word.hint for word in scene.instances] == ["Parking"]
    labels = {word.label for word in WordLmdb.at(tmp_path / "07_model_output/synthetic_words")}
    assert len(labels) == 8 and {len(label) for label in labels} == {7} and "parking" not in {x.lower() for x in labels}
