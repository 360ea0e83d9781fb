"""Picture files as they lie on disk, with a limit before they are read."""

from __future__ import annotations

from pathlib import Path

from str_pipelines.records import Refused

IMAGE_BYTES = 64 << 20
NAME_BYTES = 400  # LMDB's keys end at 511


def read_picture(path: Path) -> bytes:
    """What a picture file holds, whether it can be decoded or not.

    Raises:
        Refused: `image_missing`, `file_too_large` (64 MiB), `file_unreadable`.
    """
    try:
        size = path.stat().st_size if path.is_file() else -1
    except (OSError, RuntimeError) as error:  # a name too long for the file system, links in a circle
        raise Refused("image_missing", str(error)) from error
    if size < 0:
        raise Refused("image_missing", str(path))
    if size > IMAGE_BYTES:
        raise Refused("file_too_large", f"{size} bytes, {IMAGE_BYTES} allowed")
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refused("file_unreadable", str(error)) from error


def check_name(name: str, what: str) -> None:
    """Whether a name can be part of an id.

    Raises:
        Refused: `<what>_malformed` (surrogates and control characters are not printable), `<what>_too_long`.
    """
    if not name or not name.isprintable():
        raise Refused(f"{what}_malformed", f"{name!r}: printable characters are wanted")
    if len(name.encode()) > NAME_BYTES:
        raise Refused(f"{what}_too_long", f"{len(name.encode())} bytes, {NAME_BYTES} allowed")


def stamp(path: Path) -> tuple[int, int]:
    """Size and time of change of a file; zeros where there is none."""
    try:
        stat = path.stat()
    except OSError:
        return 0, 0
    return stat.st_size, stat.st_mtime_ns
