"""A file of JSON lines that grows by whole ones: what a full disk or a kill cuts off is no line."""

from __future__ import annotations

import errno
import json
import os
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any


def append(path: Path, value: Mapping[str, Any]) -> None:
    """Add a line; bytes in it are kept in base64.

    Raises:
        OSError: it cannot be written. The file is as it was.
    """
    line = json.dumps(value, default=lambda data: {"base64": b64encode(data).decode()}).encode() + b"\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab", buffering=0) as file:
        end = file.seek(0, os.SEEK_END)
        try:
            if file.write(line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        except OSError:
            file.truncate(end)
            raise


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """The lines as they went in, but for a last one without an end.

    Raises:
        ValueError: one is no JSON; its number is named.
    """
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                return
            try:
                yield json.loads(line, object_hook=_from_base64)
            except ValueError as error:
                raise ValueError(f"{path}, line {number}: not JSON ({error}); take it out and try again") from None


def _from_base64(value: dict[str, Any]) -> Any:
    return b64decode(value["base64"]) if value.keys() == {"base64"} else value
