"""TextSSR's benchmark folders: AnyWord's JSON beside a folder of photographs. specs: TextSSR eval repository."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from str_pipelines.records import Instance, Refused, Rejection, Scene
from str_pipelines.sources.config import BenchmarkSource
from str_pipelines.storage.digests import canonical, digest_of

JSON_BYTES = 1 << 30
IMAGE_BYTES = 64 << 20
Entry = tuple[str, dict[str, Any]]


class Benchmark:
    """The photographs that `test.json` lists, whatever `data_root` it names: the root is the reader's."""

    def __init__(self, config: BenchmarkSource) -> None:
        self.root = config.root
        self._entries = [entry for name in config.sets for entry in _listed(config.root / name, config.part)]
        self.digest = digest_of([canonical([self._entries, [self._stamp(entry) for entry in self._entries]])])

    def __len__(self) -> int:
        return len(self._entries)

    def scenes(self, span: range) -> Iterator[Scene | Rejection]:
        """The photographs of a range of the listing."""
        for index in span:
            name, item = self._entries[index]
            try:
                yield self._scene(name, item)
            except Refused as refused:
                yield Rejection(f"{self.root / name / 'test.json'}", _name(item), refused.reason, refused.detail)

    def _scene(self, name: str, item: dict[str, Any]) -> Scene:
        path = _image_path(self.root / name / "images", _name(item))
        if path.stat().st_size > IMAGE_BYTES:
            raise Refused("file_too_large", f"{path} has more than {IMAGE_BYTES} bytes")
        instances = tuple(_instance(annotation) for annotation in item.get("annotations", ()) if annotation.get("polygon"))
        return Scene(f"{name}/{Path(_name(item)).stem}", path.read_bytes(), instances, name)

    def _stamp(self, entry: Entry) -> tuple[int, int]:
        try:
            stat = _image_path(self.root / entry[0] / "images", _name(entry[1])).stat()
        except Refused:
            return 0, 0
        return stat.st_size, stat.st_mtime_ns


def _listed(folder: Path, part: str | None) -> list[Entry]:
    data = _json(folder / "test.json")
    items = data.get("data_list") if isinstance(data, dict) else None
    if not isinstance(items, list):
        raise ValueError(f"{folder / 'test.json'}: no `data_list`; AnyWord's layout is wanted")
    wanted = None if part is None else _part(folder / "parts.json", part)
    unique = {_name(item): item for item in items}
    return [(folder.name, item) for name, item in unique.items() if wanted is None or name in wanted]


def _part(path: Path, part: str) -> frozenset[str]:
    parts = _json(path)
    if part not in parts:
        raise ValueError(f"{path} has no part {part!r}; there are {', '.join(sorted(parts))}")
    return frozenset(parts[part])


def _json(path: Path) -> Any:
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing; see data/README.md for the layout of a benchmark")
    if path.stat().st_size > JSON_BYTES:
        raise ValueError(f"{path} has more than {JSON_BYTES} bytes; split it")
    try:
        return json.loads(path.read_bytes(), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}: not JSON ({error}); copy it again") from error


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _name(item: dict[str, Any]) -> str:
    name = item.get("img_name") if isinstance(item, dict) else None
    return name if isinstance(name, str) else "?"


def _image_path(folder: Path, name: str) -> Path:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise Refused("path_leaves_root", name)
    if not path.is_file():
        raise Refused("image_missing", str(folder / name))
    return path


def _instance(annotation: dict[str, Any]) -> Instance:
    try:
        polygon = tuple((float(x), float(y)) for x, y in annotation["polygon"])
        text = str(annotation["text"])
    except (KeyError, TypeError, ValueError) as error:
        raise Refused("annotation_unreadable", repr(error)) from error
    return Instance(polygon, text, str(annotation.get("language", "")), bool(annotation.get("valid", True)))
