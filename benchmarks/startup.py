"""How long `kedro registry list` takes, beside an empty interpreter and Kedro alone. Target: under 1.5 s."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

from results import record

BIN = Path(sys.executable).parent
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "kedro --version": [str(BIN / "kedro"), "--version"],
    "kedro registry list": [str(BIN / "kedro"), "registry", "list"],
}


def seconds(command: list[str]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, cwd=Path(__file__).parent.parent)
    return time.perf_counter() - start


def main(runs: int = 7) -> None:
    """Commands take turns, so that a busy moment of the machine hits all of them."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(runs + 1):
        for name, command in COMMANDS.items():
            times[name].append(seconds(command))
    rows = []
    for name, values in times.items():
        warm = values[1:]
        rows.append(
            {"command": name, "median_s": f"{statistics.median(warm):.3f}", "least_s": f"{min(warm):.3f}", "runs": runs}
        )
    record("startup", rows)


if __name__ == "__main__":
    main()
