"""SynthText's gt.mat as a table, made once by a process that may die of it; workers read rows and never the file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from str_pipelines.execution import Execution, build_table
from str_pipelines.records import Table
from str_pipelines.sources.child import rows_from
from str_pipelines.sources.files import stamp
from str_pipelines.storage.digests import canonical, digest_of, work_key

NAME = "gt.mat"
STEP, VERSION = "ingest.words.gt_mat", 1
PARSER = "str_pipelines.sources.gt_mat"
SECONDS, BYTES_PER_SECOND = 20.0, 500_000


def gt_table(path: Path, execution: Execution) -> Table:
    """A row a photograph, in the order of the file: `image`, `words`, `boxes` (8 numbers a word), `fault`, `detail`.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it cannot be read, or not in time.
    """
    key = work_key(STEP, VERSION, {}, state_of(path))
    return build_table(lambda: parsed(path), step=STEP, key=key, execution=execution)


def state_of(path: Path) -> str:
    """A digest of where the file lies, of its size and time of change.

    Raises:
        FileNotFoundError: there is none.
    """
    if not path.is_file():
        raise FileNotFoundError(
            f"{path} is missing; ingest.words.read.source.root is the folder of SynthText's gt.mat (data/README.md)"
        )
    return digest_of([canonical([path.resolve().as_posix(), *stamp(path)])])


def parsed(path: Path, seconds: float | None = None) -> Iterator[dict[str, Any]]:
    """The rows, as another process parses them, which may take `seconds`: by default 20, and 2 more a megabyte.

    Raises:
        ValueError: why it could not.
    """
    limit = SECONDS + path.stat().st_size / BYTES_PER_SECOND if seconds is None else seconds
    return rows_from(PARSER, path, f"{path}: no gt.mat of SynthText that can be read", limit)
