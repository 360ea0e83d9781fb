"""TextSSR's benchmark folders, as its evaluation repository has them: AnyWord's JSON beside a folder of photographs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from str_pipelines.records import Refused, Rejection, Scene
from str_pipelines.sources.config import BenchmarkSource
from str_pipelines.sources.entries import Entry
from str_pipelines.sources.streams import strict
from str_pipelines.storage.digests import canonical, digest_of, file_sha256

JSON_BYTES = 64 << 20  # parsed at once, into ten times as much memory


class Benchmark:
    """The photographs that `test.json` lists, whatever `data_root` it names: the root is the reader's."""

    def __init__(self, config: BenchmarkSource) -> None:
        """Read the listings.

        Raises:
            FileNotFoundError: a `test.json` or `parts.json` is missing.
            ValueError: one is no JSON or has another layout, or there is no such part.
        """
        folders = {name: config.root / name for name in config.sets}
        self._entries = [entry for name, folder in folders.items() for entry in _listed(name, folder, config.part)]
        self._first: dict[str, int] = {}
        for index, entry in enumerate(self._entries):
            self._first.setdefault(entry.id, index)
        files = ("test.json",) if config.part is None else ("test.json", "parts.json")
        listings = [file_sha256(folder / file) for folder in folders.values() for file in files]
        stamps = [entry.stamp() for entry in self._entries]
        self.digest = digest_of([canonical([config.sets, config.part, listings, stamps])])

    def __len__(self) -> int:
        return len(self._entries)

    def scenes(self, span: range) -> Iterator[Scene | Rejection]:
        """The photographs of a range of the listing; an instance that cannot be used does not cost its photograph."""
        for index in span:
            entry = self._entries[index]
            try:
                if entry.name and (before := self._first[entry.id]) != index:
                    raise Refused("listed_before", f"entry {before} of the listing has the same img_name")
                yield from entry.records()
            except Refused as refused:
                yield entry.rejection(refused)


def _listed(name: str, folder: Path, part: str | None) -> list[Entry]:
    data = _json(folder / "test.json")
    items = data.get("data_list") if isinstance(data, dict) else None
    if not isinstance(items, list):
        raise ValueError(f"{folder / 'test.json'}: no list `data_list`; AnyWord's layout is wanted")
    entries = [Entry(folder / "test.json", folder / "images", name, item) for item in items]
    if part is None:
        return entries
    wanted = _part(folder / "parts.json", part)
    if lost := wanted - {entry.name for entry in entries}:
        raise ValueError(f"{folder / 'parts.json'}: {len(lost)} names such as {min(lost)!r} are not in test.json")
    return [entry for entry in entries if entry.name in wanted or not entry.name]


def parts_of(folder: Path) -> tuple[str, ...]:
    """The parts into which `parts.json` divides the photographs of a folder; none where there is no such file.

    Raises:
        ValueError: it cannot be read.
    """
    path = folder / "parts.json"
    return tuple(sorted(_parts(path))) if path.is_file() else ()


def _part(path: Path, part: str) -> frozenset[str]:
    parts = _parts(path)
    if part not in parts:
        raise ValueError(f"{path} has no part {part!r}; there are {', '.join(sorted(parts))}")
    return frozenset(map(str, parts[part]))


def _parts(path: Path) -> dict[str, list[Any]]:
    parts = _json(path)
    if not isinstance(parts, dict) or not all(isinstance(names, list) for names in parts.values()):
        raise ValueError(f"{path}: an object of lists of image names is wanted")
    return parts


def _json(path: Path) -> Any:
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing; see data/README.md for the layout of a benchmark")
    if path.stat().st_size > JSON_BYTES:
        raise ValueError(f"{path} has more than {JSON_BYTES} bytes; split it into several sets")
    try:
        return strict(path.read_bytes())
    except ValueError as error:
        raise ValueError(f"{path}: not JSON ({error}); copy it again") from error
