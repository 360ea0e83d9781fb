"""A few tries of each fault of tools/faults.py, and what it says where something is wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def campaign(**numbers: int) -> list[list[str]]:
    """The cells of the table of a run without a fault."""
    options = [f"--{name}={number}" for name, number in numbers.items()]
    command = [sys.executable, ROOT / "tools" / "faults.py", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 of" in done.stdout.splitlines()[-1]
    return [line.rsplit(maxsplit=9) for line in done.stdout.splitlines()[1:-1]]


def test_a_taste_of_the_campaign_finds_no_fault() -> None:
    rows = campaign(lmdbs=1, pictures=24, cuts=2, published=2, disks=0)
    tries = {name.strip(): int(count) for name, count, *_ in rows if not name.startswith("full disk")}
    assert set(tries.values()) == {1, 24, 2} and len(tries) == 16


@pytest.mark.slow
def test_disks_that_are_too_small() -> None:
    row = campaign(lmdbs=1, pictures=1, cuts=1, published=1, disks=2)[-1]
    if "left out" in (said := " ".join(row)):
        pytest.skip(said)
    assert (row[1], row[3]) == ("2", "2")
