"""Read committed folders again, every byte, and say what is wrong with each."""

from __future__ import annotations

import sys
from pathlib import Path

from str_pipelines.storage.handles import Handle
from str_pipelines.storage.manifests import read_manifest
from str_pipelines.storage.masks import MaskLmdb
from str_pipelines.storage.pairs import PairLmdb
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.storage.verify import verify
from str_pipelines.storage.words import WordLmdb

SETS: dict[str, type[Handle]] = {each.kind: each for each in (WordLmdb, SceneLmdb, MaskLmdb, PairLmdb)}
SHOWN = 20
"""Faults of a folder that are printed."""


def check(folder: Path) -> int:
    """How many faults a folder has; each is a line, and so is that there is none."""
    try:
        handle = SETS.get(read_manifest(folder).kind, WordLmdb).at(folder)
        faults = [f"{fault.record}: {fault.reason}, {fault.detail}" for fault in verify(handle)]
        said = f"{len(handle)} {handle.kind}, digest {handle.digest}"
    except (OSError, ValueError) as error:
        faults, said = [str(error)], ""
    lines = [f"{folder}: {fault}" for fault in faults[:SHOWN]] or [f"{folder}: whole, {said}"]
    if len(faults) > SHOWN:
        lines.append(f"{folder}: and {len(faults) - SHOWN} more")
    sys.stdout.write("\n".join(lines) + "\n")
    return len(faults)
