"""Files that may crash, or never leave, the library that parses them: another process parses, with limits."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from threading import Timer
from typing import IO, Any

MEMORY = 4 << 30
"""Bytes of address space."""
PR_SET_PDEATHSIG = 1  # linux/prctl.h
LINE = 32 << 20
"""Characters of one row."""


def rows_from(parser: str, path: Path, complaint: str, seconds: float, *options: str) -> Iterator[dict[str, Any]]:
    """The rows that a module prints of a file or folder, a line of JSON each.

    Args:
        parser: a module whose `main` is `answer`.
        complaint: how the error begins.
        seconds: how long it may take.
        options: what else its command line says.

    Raises:
        ValueError: why it could not.
    """
    with TemporaryFile() as said, _started([parser, str(path.resolve()), *options], said) as process:
        timer = Timer(seconds, process.kill)
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
            why = f"not done after {seconds:.0f} s" if late else _why(code, said.read(500).decode(errors="replace"))
            raise ValueError(f"{complaint} ({why}); copy it again")


def answer(rows: Callable[[Path], Iterable[Mapping[str, Any]]], memory: int = MEMORY) -> int:
    """In that other process: all rows of what the command line names to standard output.

    Returns 1, and says the reason on standard error, where it cannot be read.
    """
    _end_with_parent()
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        for row in rows(Path(sys.argv[1])):
            sys.stdout.write(f"{json.dumps(row)}\n")
    except Exception as error:  # noqa: BLE001 (whatever a damaged file makes a parser raise)
        sys.stderr.write(f"{type(error).__name__}: {error}")
        return 1
    return 0


def _end_with_parent() -> None:
    """Have the system kill this process when the one dies that reads it, which may be long before anything is written.

    Elsewhere than on Linux it ends when it writes.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


@contextmanager
def _started(words: Sequence[str], said: IO[bytes]) -> Iterator[subprocess.Popen[str]]:
    """The parser; it ends when its reader does."""
    from str_pipelines.execution import ONE_THREAD  # which the other process has no need of

    root = str(Path(__file__).parents[2])
    environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])}
    command = [sys.executable, "-m", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, env=environment, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def _why(code: int, said: str) -> str:
    return f"the parser was killed by signal {-code}" if code < 0 else said.strip() or "the parser ended without a word"
