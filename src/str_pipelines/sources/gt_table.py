"""SynthText's gt.mat as a table, made once by a process that may die of it; workers read rows and never the file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from threading import Timer
from typing import IO, Any

from str_pipelines.execution import ONE_THREAD, Execution, build_table
from str_pipelines.records import Table
from str_pipelines.sources.files import stamp
from str_pipelines.storage.digests import canonical, digest_of, work_key

NAME = "gt.mat"
STEP, VERSION = "ingest.words.gt_mat", 1
PARSER = "str_pipelines.sources.gt_mat"
SECONDS, BYTES_PER_SECOND = 20.0, 500_000
LINE = 32 << 20
"""Characters of one photograph."""


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
    with TemporaryFile() as said, _started(path, said) as process:
        timer = Timer(limit, process.kill)
        timer.start()
        try:
            assert process.stdout is not None
            while (line := process.stdout.readline(LINE)).endswith("\n"):
                yield dict(json.loads(line))
            process.stdout.close()
            code = process.wait()
            late = not timer.is_alive()
        finally:
            timer.cancel()
        if code:
            said.seek(0)
            why = f"not done after {limit:.0f} s" if late else _why(code, said.read(500).decode(errors="replace"))
            raise ValueError(f"{path}: no gt.mat of SynthText that can be read ({why}); copy it again")


@contextmanager
def _started(path: Path, said: IO[bytes]) -> Iterator[subprocess.Popen[str]]:
    """The parser; it ends when its reader does."""
    root = str(Path(__file__).parents[2])
    environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])}
    command = [sys.executable, "-m", PARSER, str(path.resolve())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, env=environment, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def _why(code: int, said: str) -> str:
    return f"the parser was killed by signal {-code}" if code < 0 else said.strip() or "the parser ended without a word"
