"""The command line: `replay FILE [--uri URI]`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from str_pipelines.storage.databases import reason_of
from str_pipelines.tracking.kept import replay
from str_pipelines.tracking.store import failures


def main() -> None:
    """Hand a kept run to MLflow and say its id."""
    parser = argparse.ArgumentParser(prog="python -m str_pipelines.tracking", description="Hand a kept run to MLflow.")
    parser.add_argument("action", choices=["replay"])
    parser.add_argument("file", type=Path, help="mlflow_offline/<run>.jsonl")
    parser.add_argument("--uri", default=os.environ.get("MLFLOW_TRACKING_URI", "sqlite:///mlflow.db"))
    arguments = parser.parse_args()
    expected: tuple[type[Exception], ...] = (*failures(), ValueError)
    try:
        sys.stdout.write(f"run {replay(arguments.file, arguments.uri)} at {arguments.uri}\n")
    except expected as error:
        parser.exit(1, f"{reason_of(error)}\n")


if __name__ == "__main__":
    main()
