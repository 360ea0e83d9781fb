"""`python -m str_pipelines.storage verify FOLDER …`: read committed folders again, every byte."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from str_pipelines.storage.manifests import read_manifest
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.storage.verify import verify
from str_pipelines.storage.words import WordLmdb

SHOWN = 20  # faults a folder


def main(arguments: list[str] | None = None) -> int:
    """Print what is wrong with each folder, or that it is whole; 0 when all are."""
    parser = argparse.ArgumentParser(prog="python -m str_pipelines.storage", description=__doc__)
    parser.add_argument("command", choices=["verify"])
    parser.add_argument("folders", nargs="+", type=Path)
    folders: list[Path] = parser.parse_args(arguments).folders
    return int(any([_report(folder) for folder in folders]))


def _report(folder: Path) -> int:
    """How many faults a folder has; each is a line."""
    try:
        handle = SceneLmdb.at(folder) if read_manifest(folder).kind == SceneLmdb.kind else WordLmdb.at(folder)
        faults = [f"{fault.record}: {fault.reason}, {fault.detail}" for fault in verify(handle)]
        said = f"{len(handle)} {handle.kind}, digest {handle.digest}"
    except (OSError, ValueError) as error:
        faults, said = [str(error)], ""
    lines = [f"{folder}: {fault}" for fault in faults[:SHOWN]] or [f"{folder}: whole, {said}"]
    if len(faults) > SHOWN:
        lines.append(f"{folder}: and {len(faults) - SHOWN} more")
    sys.stdout.write("\n".join(lines) + "\n")
    return len(faults)


if __name__ == "__main__":
    sys.exit(main())
