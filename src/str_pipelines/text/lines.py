"""Read the lines of a small text file that a person wrote, wherever they wrote it."""

from __future__ import annotations

import re
from pathlib import Path

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""Control characters (Unicode's Cc). A label that has one is cut, split or misread by somebody later."""


def read_lines(path: Path, limit: int) -> list[str]:
    """Return the lines of a UTF-8 file, without their ends (LF, CRLF, CR), byte order mark and empty lines at the end.

    Args:
        path: the file.
        limit: bytes; of a larger file no more than this is read before it is refused.

    Raises:
        FileNotFoundError: nothing is there, or a folder.
        ValueError: the file is too large or not UTF-8.
    """
    if not path.exists() or path.is_dir():
        raise FileNotFoundError(f"{path}: no such file")
    with path.open("rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise ValueError(f"{path}: larger than {limit} bytes; is it the right file?")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: not UTF-8 (byte {error.start}); save it as UTF-8") from error
    # not str.splitlines, which also splits at characters a charset may hold, such as U+2028
    lines = re.split(r"\r\n|\r|\n", text)
    while lines and not lines[-1]:
        lines.pop()
    return lines
