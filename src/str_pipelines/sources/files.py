"""Files and folders as they lie on disk: found without a loop, limited before they are read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from str_pipelines.records import Refused

IMAGE_BYTES, USUAL_BYTES = 64 << 20, 32 << 10
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


def below(folder: Path, name: str) -> Path:
    """The file of this name, which is inside the folder, if it is there.

    Raises:
        Refused: `path_leaves_root`; `image_missing` where the file system cannot even look for it.
    """
    try:
        path = (folder / name).resolve()
        if not path.is_relative_to(folder.resolve()):
            raise Refused("path_leaves_root", name)
    except (OSError, RuntimeError) as error:  # a name too long for the file system, links in a circle
        raise Refused("image_missing", str(error)) from error
    return path


def read_below(folder: str, name: str, usual: int = USUAL_BYTES) -> bytes:
    """What the picture of this name holds, which is inside the folder: looked at once where nothing is unusual.

    Less than `usual` bytes is nothing unusual.

    Raises:
        Refused: as `below` and `read_picture`.
    """
    inner, _, file = name.rpartition("/")
    return _read_plain(f"{_folder_below(folder, inner)}/{file}", usual) or read_picture(below(Path(folder), name))


@lru_cache(maxsize=1024)
def _folder_below(folder: str, name: str) -> str:
    return str(below(Path(folder), name))


def _read_plain(path: str, usual: int) -> bytes:
    """What a file holds, in a third of the time that a file object takes.

    Nothing where it is a link or not to be had, or as large as is unusual.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            data = os.read(handle, usual)
            return data if len(data) < usual else b""
        finally:
            os.close(handle)
    except (OSError, ValueError):
        return b""


def check_name(name: str, what: str) -> None:
    """Whether a name can be part of an id.

    Raises:
        Refused: `<what>_malformed` (surrogates and control characters are not printable), `<what>_too_long`.
    """
    if not name or not name.isprintable():
        raise Refused(f"{what}_malformed", f"{name!r}: printable characters are wanted")
    if len(name) > NAME_BYTES // 4 and len(name.encode()) > NAME_BYTES:
        raise Refused(f"{what}_too_long", f"{len(name.encode())} bytes, {NAME_BYTES} allowed")


def check_root(root: Path) -> None:
    """Whether a set is there at all.

    Raises:
        FileNotFoundError: its folder is not.
    """
    if not root.is_dir():
        raise FileNotFoundError(f"{root}: no such folder; ingest.scenes.read.source.root says where it is")


def walk(root: Path) -> Iterator[tuple[Path, list[str]]]:
    """Every folder at or below `root`, in order, with the names of its files. Links to folders, hidden ones left out.

    Raises:
        OSError: a folder cannot be listed.
    """
    for folder, folders, files in os.walk(root, onerror=_raise):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield Path(folder), files


def stamp(path: Path | bytes) -> tuple[int, int]:
    """Size and time of change of a file; zeros where there is none."""
    try:
        stat = os.stat(path)  # noqa: PTH116 (of millions of files)
    except (OSError, ValueError):
        return 0, 0
    return stat.st_size, stat.st_mtime_ns


def shown(text: str) -> str:
    """A name as it can be written down: escaped where it is not printable, as what is no Unicode."""
    return text if text.isprintable() else ascii(text)


def _raise(error: OSError) -> None:
    raise error
