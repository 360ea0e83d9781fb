"""One read environment a path and process: LMDB allows no second one, and none may cross a fork."""

from __future__ import annotations

import os
from pathlib import Path

import lmdb

_OPEN: dict[tuple[str, int, int], lmdb.Environment] = {}


def environment(folder: Path) -> lmdb.Environment:
    """The open read-only environment of `folder`, checked before its first read.

    It is known by (real path, inode, size): when a folder has been replaced, the old mapping is closed first.

    Raises:
        FileNotFoundError: there is no data.mdb.
        ValueError: data.mdb is shorter than its own header says (reading on would kill the process), or no LMDB at all.
    """
    path = os.path.realpath(folder)
    try:
        stat = os.stat(os.path.join(path, "data.mdb"))  # noqa: PTH116
    except FileNotFoundError:
        raise FileNotFoundError(f"{folder}: no data.mdb there, so this is not an LMDB") from None
    key = (path, stat.st_ino, stat.st_size)
    if key not in _OPEN:
        close(folder)
        _OPEN[key] = _checked(path, stat.st_size)
    return _OPEN[key]


def close(folder: Path) -> None:
    """Close what is open under this path, whichever file it was."""
    path = os.path.realpath(folder)
    for key in [key for key in _OPEN if key[0] == path]:
        _OPEN.pop(key).close()


def close_all() -> None:
    """Close everything; a forked child does so before it opens anything itself."""
    while _OPEN:
        _OPEN.popitem()[1].close()


def _checked(path: str, size: int) -> lmdb.Environment:
    try:
        env = lmdb.open(path, readonly=True, lock=False, readahead=False, meminit=False, max_readers=512)
    except lmdb.Error as error:
        raise ValueError(f"{path}: not a readable LMDB ({error}); copy or make it again") from error
    needed = (env.info()["last_pgno"] + 1) * env.stat()["psize"]
    if size < needed:
        env.close()
        raise ValueError(f"{path}: data.mdb has {size} of {needed} bytes: copied or written only in part; copy or make it again")
    return env


os.register_at_fork(after_in_child=close_all)
