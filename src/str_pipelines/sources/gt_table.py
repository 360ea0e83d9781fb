"""What SynthText lists as a table, made once by a process that may die of it; workers never parse the file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from str_pipelines.execution import Execution, build_table
from str_pipelines.records import Table
from str_pipelines.sources.child import rows_from
from str_pipelines.sources.files import stamp
from str_pipelines.sources.gt_rows import is_hdf5
from str_pipelines.storage.digests import canonical, digest_of, work_key

NAME, HDF5 = "gt.mat", "SynthText.h5"
STEP, VERSION = "ingest.words.gt_mat", 3
PARSER = "str_pipelines.sources.gt_rows"
SECONDS, BYTES_PER_SECOND, OF_PIXELS = 20.0, 500_000, 10_000_000


def gt_table(path: Path, execution: Execution, policy: str = "reject") -> Table:
    """A row a photograph, in the order of the file: as `gt_cells.row_of`, `boxes` as JSON.

    Args:
        policy: what becomes of photographs with more or fewer words than boxes, `reject` or `align`.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it cannot be read, or not in time.
    """
    key = work_key(STEP, VERSION, {"policy": policy}, state_of(path))
    return build_table(lambda: parsed(path, policy), step=STEP, key=key, execution=execution)


def listing_in(root: Path) -> Path:
    """The file that lists the photographs: `root` itself, or gt.mat or else SynthText.h5 in there."""
    names = [root] if root.is_file() else [root / NAME, root / HDF5]
    return next((name for name in names if name.is_file()), root / NAME)


def state_of(path: Path) -> str:
    """A digest of where the file lies, of its size and time of change.

    Raises:
        FileNotFoundError: there is none.
    """
    if not path.is_file():
        raise FileNotFoundError(
            f"{path} is missing; ingest.words.read.source.root is the folder of SynthText's {NAME} or {HDF5} "
            "(data/README.md)"
        )
    return digest_of([canonical([path.resolve().as_posix(), *stamp(path)])])


def parsed(path: Path, policy: str = "reject", seconds: float | None = None) -> Iterator[dict[str, Any]]:
    """The rows, as another process parses them, which may take `seconds`.

    By default these are 20, and 2 more a megabyte, or, where the file has all pixels in it, a tenth.

    Raises:
        ValueError: why it could not.
    """
    if seconds is None:
        seconds = SECONDS + path.stat().st_size / (OF_PIXELS if is_hdf5(path) else BYTES_PER_SECOND)
    return rows_from(PARSER, path, f"{path}: no {NAME} of SynthText that can be read", seconds, policy)
