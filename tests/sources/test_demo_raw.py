"""The raw sets in tiny form are there with one command, the same every time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from str_pipelines.sources.demo_raw import make_mj, make_synthtext

MADE = {"mjsynth", "mjsynth.tar.gz", "SynthText", "SynthText_generated", "TextSeg", "TextZoom", "demo_sets"}


def test_one_command_makes_them(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "str_pipelines.sources.demo_raw", str(tmp_path)]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    assert {path.name for path in tmp_path.iterdir()} == MADE
    assert all(str(tmp_path / name) in said for name in MADE)


def test_they_are_the_same_every_time(tmp_path: Path) -> None:
    for make, name in ((make_mj, "mj"), (make_synthtext, "st")):
        first, second = (
            {path.relative_to(root): path.read_bytes() for path in root.rglob("*.jpg")}
            for root in (make(tmp_path / f"{name}{number}") for number in range(2))
        )
        assert first == second and first
