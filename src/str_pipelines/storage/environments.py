"""One read environment a file and process: LMDB allows no second one, and none may cross a fork."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from threading import Lock
from weakref import WeakValueDictionary

import lmdb

from str_pipelines.storage.manifests import DATA, NAME, Version, version_of

MOST_OPEN = max(8, min(resource.getrlimit(resource.RLIMIT_NOFILE)[0], 1024) // 4)
"""Of the files that a process may have open, a quarter. A set may have more shards than that."""
TRUSTED = 1 << 30
"""Bytes of keys and values above which the pages of a set of ours are not walked first: a second, and `verify` does."""

_LOCK = Lock()
_OPEN: WeakValueDictionary[tuple[int, int], lmdb.Environment] = WeakValueDictionary()
"""By device and inode: hard links, which committed folders share, are one file to LMDB."""
_CHECKED: set[Version] = set()
"""Device, inode, time and size of the files that this process has found fit to be read."""


def fetch(folder: Path, version: Version, keys: Iterable[bytes]) -> list[bytes | None]:
    """The values of some keys, None where there is none.

    Args:
        version: what `version_of` said of the folder when the caller learnt what is in it.

    Raises:
        FileNotFoundError: there is no data.mdb.
        ValueError: the folder has been replaced since, or its data.mdb is cut or damaged.
    """
    try:
        with environment(folder, version).begin() as transaction:
            return [transaction.get(key) for key in keys]
    except lmdb.Error as error:
        raise ValueError(f"{folder / DATA}: LMDB cannot read it ({error}); copy or make it again") from error


@lru_cache(maxsize=MOST_OPEN)
def environment(folder: Path, version: Version) -> lmdb.Environment:
    """The open read-only environment of a folder, checked before its first read; it closes when nobody holds it."""
    path = folder / DATA
    try:
        stat = path.stat()
    except FileNotFoundError:
        raise FileNotFoundError(f"{folder}: no {DATA} there, so this is no LMDB") from None
    with _LOCK:
        file = (stat.st_dev, stat.st_ino)
        env = _OPEN[file] = _OPEN.get(file) or _open(folder)
    _check(path, env)
    if version_of(folder) != version:
        raise ValueError(f"{folder} has changed since this handle was made; load it again")
    return env


def close_all() -> None:
    """Close everything; a forked child does so before it opens anything itself."""
    environment.cache_clear()
    for env in list(_OPEN.values()):
        env.close()
    _OPEN.clear()
    _CHECKED.clear()


def _open(folder: Path) -> lmdb.Environment:
    return lmdb.open(str(folder), readonly=True, lock=False, readahead=False, meminit=False)


def _check(path: Path, env: lmdb.Environment) -> None:
    """Reading behind the end of a file, because it was cut or a page leads there, would kill the process (SIGBUS)."""
    from str_pipelines.storage.pages import check_pages

    stat, tree, last_page = path.stat(), env.stat(), env.info()["last_pgno"]
    state = (stat.st_dev, stat.st_ino, stat.st_mtime_ns, stat.st_size)
    needed = (last_page + 1) * tree["psize"]
    if stat.st_size < needed:
        size = f"{stat.st_size} of {needed} bytes"
        raise ValueError(f"{path} has {size}: copied or written only in part; copy or make it again")
    ours_and_large = tree["leaf_pages"] * tree["psize"] > TRUSTED and (path.parent / NAME).is_file()
    if state in _CHECKED or ours_and_large:
        return
    try:
        check_pages(path, tree["psize"], last_page)
    except ValueError as error:
        raise ValueError(f"{path} is damaged: {error}; copy or make it again") from error
    _CHECKED.add(state)


def _after_fork() -> None:
    _LOCK.release()
    close_all()


os.register_at_fork(before=_LOCK.acquire, after_in_parent=_LOCK.release, after_in_child=_after_fork)
