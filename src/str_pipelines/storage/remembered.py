"""What was found out about LMDBs of somebody else's, kept in the user's cache: nothing is written beside their data."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from str_pipelines.storage.digests import canonical, digest_of
from str_pipelines.storage.folders import write_whole
from str_pipelines.storage.manifests import Manifest, Version

SCHEMA = 1  # counts the changes of what is found out


def remembered(folder: Path, version: Version, find_out: Callable[[], Manifest], *of: str) -> Manifest:
    """The manifest that `find_out` makes of a folder in this state, or made once on this machine.

    `of` is what else was asked, and of what other set. It lies below `$XDG_CACHE_HOME/str_pipelines`, `~/.cache` where
    that is not set, and may be deleted. Where nothing can be kept, it is found out again the next time.
    """
    path = _place(folder, version, of)
    with suppress(OSError, ValidationError):  # not there yet, or damaged
        return Manifest.model_validate_json(path.read_bytes())
    found = find_out()
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, found.model_dump_json().encode())
    return found


def _place(folder: Path, version: Version, of: Sequence[str]) -> Path:
    base = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"))  # noqa: PTH111 (never raises)
    key = digest_of([canonical([SCHEMA, os.fspath(folder.resolve()), *version, *of])])
    return base / "str_pipelines" / "adopted" / f"{key}.json"
