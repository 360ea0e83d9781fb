"""Every set of labelled words below a folder: LMDBs of any dialect, and photographs whose words are cut out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from str_pipelines.execution import Execution
from str_pipelines.records import Rejection
from str_pipelines.sources.benchmark import parts_of
from str_pipelines.sources.config import BenchmarkSource
from str_pipelines.sources.files import shown
from str_pipelines.sources.scene_words import benchmark_words, scene_words
from str_pipelines.storage.manifests import DATA, NAME, read_manifest
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.storage.words import WordLmdb

LISTING = "test.json"
Found = dict[str, WordLmdb]


def find_word_sets(root: Path, execution: Execution) -> tuple[Found, list[Rejection]]:
    """The sets at or below `root` by their folders relative to it, and those that cannot be read, with the reason.

    Links to folders are followed, hidden folders left out. The words of photographs are called
    `<folder>_photographs`, so that they are not taken for an LMDB of that name, which has other pictures; where a
    `parts.json` divides the photographs, there is a set a part, `<folder>_photographs_<part>`.

    Raises:
        FileNotFoundError: there is no such folder.
    """
    if not root.is_dir():
        raise FileNotFoundError(f"{root}: no such folder, and in one the sets lie")
    root = root.resolve()
    found: Found = {}
    left_out: list[Rejection] = []
    for folder in _sets(root, set()):
        name = folder.relative_to(root).as_posix() if folder != root else root.name
        try:
            if not name.isprintable():
                raise ValueError("no report can show its name; rename it")
            found |= _photographs(folder, name, execution) if _listed(folder) else _lmdb(folder, name, execution)
        except (ValueError, OSError) as error:
            left_out.append(Rejection(shown(str(folder)), shown(name), "set_unreadable", str(error)))
    return found, left_out


def _sets(folder: Path, seen: set[Path]) -> Iterator[Path]:
    """The folders that hold a set; what lies below one belongs to it. One that cannot be listed says so as a set."""
    real = folder.resolve()
    if real in seen:  # links in a circle
        return
    seen.add(real)
    try:
        inner = None if _is_set(folder) else _below(folder)
    except PermissionError:
        inner = None
    if inner is None:
        yield folder
        return
    for name in inner:
        yield from _sets(folder / name, seen)


def _is_set(folder: Path) -> bool:
    return (folder / DATA).is_file() or (folder / NAME).is_file() or _listed(folder)


def _below(folder: Path) -> list[str]:
    with os.scandir(folder) as entries:
        return sorted(entry.name for entry in entries if not entry.name.startswith(".") and entry.is_dir())


def _listed(folder: Path) -> bool:
    return (folder / LISTING).is_file() and (folder / "images").is_dir()


def _lmdb(folder: Path, name: str, execution: Execution) -> Found:
    if (folder / NAME).is_file() and read_manifest(folder).kind == SceneLmdb.kind:
        return {f"{name}_photographs": scene_words(SceneLmdb.at(folder), execution)}
    words = WordLmdb.at(folder)
    if not words.labelled:
        raise ValueError("its words have no labels, so that nothing can be scored")
    return {name: words}


def _photographs(folder: Path, name: str, execution: Execution) -> Found:
    sources = {
        f"{name}_photographs{f'_{part}' if part else ''}": BenchmarkSource(
            kind="benchmark", root=folder.parent, sets=(folder.name,), part=part
        )
        for part in parts_of(folder) or (None,)
    }
    return {name: benchmark_words(source, execution) for name, source in sources.items()}
