"""What a person may do when the disk, and not the data, stopped a run."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
FORBIDDEN = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
ELSEWHERE = "STR_DATA=FOLDER before the command moves all data"


def remedy_of(error: BaseException, places: Iterable[str | Path]) -> str:
    """The way out of a full or forbidden disk; empty where it was something else.

    Args:
        places: where the run writes; asked where the error does not say which file it was.
    """
    for cause in _chain(error):
        if isinstance(cause, OSError) and cause.errno in FULL:
            place, free = _fullest([cause.filename] if cause.filename else places)
            return (
                f"The disk is full: {free:,} bytes are free at {place}. What was finished before is as it was. Make "
                f"room and give the same command again, it goes on where it stopped; or {ELSEWHERE}."
            )
        if isinstance(cause, OSError) and cause.errno in FORBIDDEN:
            return (
                f"This user may not write {cause.filename or 'there'}, or the disk is read-only. What was finished "
                f"before is as it was. Give the permission and repeat the command; or {ELSEWHERE}."
            )
    return ""


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what led to it, the latest first."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _fullest(places: Iterable[str | Path]) -> tuple[Path, int]:
    """Of the disks on which these places lie, or will, the one with the least room in bytes."""
    folders = {next(above for above in (path, *path.parents) if above.is_dir()) for path in map(_absolute, places)}
    return min(((folder, shutil.disk_usage(folder).free) for folder in folders), key=lambda found: found[1])


def _absolute(place: str | Path) -> Path:
    return Path(place).absolute()
