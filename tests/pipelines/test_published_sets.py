"""MJSynth and SynthText, in tiny form, from the command line to labelled words and their card."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from str_pipelines.sources.demo_raw import make_mj, make_synthtext, pack_mj
from str_pipelines.storage.verify import verify
from str_pipelines.storage.words import WordLmdb

ROOT = Path(__file__).parents[2]
KEDRO = str(Path(sys.executable).with_name("kedro"))
READ = "ingest.words.read"


def kedro(data: Path, *params: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "STR_DATA": str(data), "STR_TRACKING": "false", "PYTHONPATH": str(ROOT / "src")}
    options = ["--env=smoke", "--pipeline=ingest", "--namespaces=ingest.words", f"--params={','.join(params)}"]
    command = [KEDRO, "run", *options]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.parametrize(
    ("kind", "options", "kept", "rejected"),
    [("mj", (), 16, 7), ("st", (f"{READ}.source.crop=perspective", f"{READ}.min_width=81"), 2, 19)],
)
def test_a_published_set_becomes_words(
    tmp_path: Path, kind: str, options: tuple[str, ...], kept: int, rejected: int
) -> None:
    raw = tmp_path / "raw with blank ä"
    root = make_synthtext(raw) if kind == "st" else pack_mj(make_mj(raw), tmp_path / "mjsynth.tar.gz")
    done = kedro(tmp_path, f"{READ}.source.kind={kind}", f"{READ}.source.root={root}", *options)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    words = WordLmdb.at(tmp_path / "05_model_input/words")
    assert not list(verify(words))
    metrics = json.loads((tmp_path / "08_reporting/words_card/metrics.json").read_bytes())
    assert (metrics["words"]["kept"], metrics["words"]["rejected"]) == (kept, rejected) == (len(words), rejected)
    assert words.manifest.made["source"]["licence"]


def test_a_set_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = kedro(tmp_path, f"{READ}.source.kind=st", f"{READ}.source.root={tmp_path / 'nowhere'}")
    assert done.returncode and "nowhere/gt.mat is missing" in done.stderr + done.stdout
