"""`kedro run` as a user types it, from the tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
KEDRO = str(Path(sys.executable).with_name("kedro"))


def kedro(data: Path, *options: str, env: str | None = "smoke", tracked: bool = False, succeeds: bool = True) -> str:
    """What a run prints that keeps everything below `data`; it has to succeed, or to fail."""
    environment = {**os.environ, "STR_DATA": str(data), "PYTHONPATH": str(ROOT / "src")}
    if not tracked:
        environment["STR_TRACKING"] = "false"
    command = [KEDRO, "run", *([f"--env={env}"] if env else []), *options]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600, check=False)
    assert (done.returncode == 0) == succeeds, done.stdout[-2000:] + done.stderr[-4000:]
    return done.stdout + done.stderr
