"""Print rows of a benchmark and append them to results/<name>.csv with the machine and the versions they came from."""

from __future__ import annotations

import csv
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

FOLDER = Path(__file__).parent / "results"
PACKAGES = ("numpy", "opencv-python-headless", "pillow", "lmdb", "onnxruntime", "torch", "diffusers", "kedro")


def record(name: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Print the rows and append them to the table of this name."""
    for row in rows:
        print("  ".join(f"{key}={value}" for key, value in row.items()))
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{name}.csv"
    full = [{**row, **_machine()} for row in rows]
    new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(full[0]))
        if new:
            writer.writeheader()
        writer.writerows(full)


def _machine() -> dict[str, str]:
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M"),
        "commit": commit.stdout.strip(),
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "load": f"{os.getloadavg()[0]:.1f}",
        "python": platform.python_version(),
        "versions": " ".join(f"{package}={version(package)}" for package in PACKAGES),
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    names = (
        [line.split(":")[1].strip() for line in info.read_text().splitlines() if "model name" in line]
        if info.exists()
        else []
    )
    return names[0] if names else platform.processor()
