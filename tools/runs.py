"""`kedro run`, over ingest.scenes and synthesize if nothing is said, as a process; and lines that appear at once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
WORDS = "07_model_output/synthetic_words"
SYNTHESIZE = ("--pipeline=synthesize", "--namespaces=ingest.scenes,synthesize")


def launch(
    data: Path, log: Path, params: Mapping[str, object], selection: Sequence[str] = SYNTHESIZE
) -> subprocess.Popen[bytes]:
    """The command, with everything that it writes below `data`; what it says is added to `log`."""
    said = ",".join(f"{name}={value}" for name, value in params.items())
    command = [sys.executable, "-m", "kedro", "run", *selection, f"--params={said}"]
    with log.open("ab") as file:
        return subprocess.Popen(command, cwd=ROOT, env=environ(data), stdout=file, stderr=file)


def finish(process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait for its end.

    Raises:
        RuntimeError: it failed of itself.
    """
    if process.wait():
        tail = log.read_text(errors="replace")[-3000:]
        raise RuntimeError(f"kedro run ended with {process.returncode}:\n{tail}")


def environ(data: Path) -> dict[str, str]:
    """The variables of a child that finds this project, writes below `data` and is not tracked."""
    path = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    return {**os.environ, "PYTHONPATH": path, "STR_DATA": str(data), "STR_TRACKING": "false"}


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
