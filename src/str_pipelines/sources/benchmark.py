"""TextSSR's benchmark folders, as its evaluation repository has them: AnyWord's JSON beside a folder of photographs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from str_pipelines.records import Instance, Refused, Rejection, Scene
from str_pipelines.sources.config import BenchmarkSource
from str_pipelines.storage.digests import canonical, digest_of, file_sha256

JSON_BYTES = 64 << 20  # parsed at once, into ten times as much memory
IMAGE_BYTES = 64 << 20
NAME_BYTES = 400  # LMDB's keys end at 511

Point = Annotated[tuple[FiniteFloat, FiniteFloat], Field(strict=False)]  # a list in JSON, of numbers all the same


class Annotation(BaseModel):
    """One of `annotations`; `pos`, a running index, and whatever else there may be are not read."""

    model_config = ConfigDict(strict=True)
    polygon: Annotated[tuple[Point, ...], Field(strict=False, min_length=3)]
    text: str = Field(min_length=1)
    language: str = ""
    valid: bool = True


@dataclass(frozen=True)
class Entry:
    """One of `data_list`: the set that lists it, the folder of that set, and what is written there."""

    source: str
    folder: Path
    item: Any

    @property
    def name(self) -> str:
        """`img_name`; empty where there is none that a file could have: surrogates and NUL are not printable."""
        name = self.item.get("img_name") if isinstance(self.item, dict) else None
        return name if isinstance(name, str) and name.isprintable() else ""

    @property
    def id(self) -> str:
        """Unique, as long as no set lists a name twice."""
        return f"{self.source}/{self.name}"

    def image(self) -> Path:
        """The photograph, which is there and inside the folder of photographs.

        Raises:
            Refused: why not.
        """
        root = self.folder / "images"
        if not self.name:
            raise Refused("img_name_malformed", "a string of printable characters is wanted")
        if len(self.name.encode()) > NAME_BYTES:
            raise Refused("img_name_too_long", f"{len(self.name.encode())} bytes, {NAME_BYTES} allowed")
        try:
            path = (root / self.name).resolve()
            if not path.is_relative_to(root.resolve()):
                raise Refused("path_leaves_root", self.name)
            if not path.is_file():
                raise Refused("image_missing", str(root / self.name))
            size = path.stat().st_size
        except (OSError, RuntimeError) as error:  # a name too long for the file system, links in a circle
            raise Refused("image_missing", str(error)) from error
        if size > IMAGE_BYTES:
            raise Refused("file_too_large", f"{size} bytes, {IMAGE_BYTES} allowed")
        return path

    def stamp(self) -> tuple[int, int]:
        """Size and time of change of the photograph; zeros where it cannot be used."""
        try:
            stat = self.image().stat()
        except Refused:
            return 0, 0
        return stat.st_size, stat.st_mtime_ns


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
                yield from self._records(index, entry)
            except Refused as refused:
                yield _rejection(entry, entry.id, refused)

    def _records(self, index: int, entry: Entry) -> Iterator[Scene | Rejection]:
        path, before = entry.image(), self._first[entry.id]
        if before != index:
            raise Refused("listed_before", f"entry {before} of the listing has the same img_name")
        annotations = entry.item.get("annotations", [])
        if not isinstance(annotations, list):
            raise Refused("annotations_malformed", f"a list is wanted, not {type(annotations).__name__}")
        instances, rejections = [], []
        for number, annotation in enumerate(annotations):
            try:
                instances.append(_instance(annotation))
            except Refused as refused:
                rejections.append(_rejection(entry, f"{entry.id}#{number}", refused))
        yield Scene(entry.id, _bytes(path), tuple(instances), entry.source)
        yield from rejections


def _listed(name: str, folder: Path, part: str | None) -> list[Entry]:
    data = _json(folder / "test.json")
    items = data.get("data_list") if isinstance(data, dict) else None
    if not isinstance(items, list):
        raise ValueError(f"{folder / 'test.json'}: no list `data_list`; AnyWord's layout is wanted")
    entries = [Entry(name, folder, item) for item in items]
    if part is None:
        return entries
    wanted = _part(folder / "parts.json", part)
    if lost := wanted - {entry.name for entry in entries}:
        raise ValueError(f"{folder / 'parts.json'}: {len(lost)} names such as {min(lost)!r} are not in test.json")
    return [entry for entry in entries if entry.name in wanted or not entry.name]


def _part(path: Path, part: str) -> frozenset[str]:
    parts = _json(path)
    if not isinstance(parts, dict) or not all(isinstance(names, list) for names in parts.values()):
        raise ValueError(f"{path}: an object of lists of image names is wanted")
    if part not in parts:
        raise ValueError(f"{path} has no part {part!r}; there are {', '.join(sorted(parts))}")
    return frozenset(map(str, parts[part]))


def _json(path: Path) -> Any:
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing; see data/README.md for the layout of a benchmark")
    if path.stat().st_size > JSON_BYTES:
        raise ValueError(f"{path} has more than {JSON_BYTES} bytes; split it into several sets")
    try:
        return json.loads(path.read_bytes(), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}: not JSON ({error}); copy it again") from error


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refused("file_unreadable", str(error)) from error


def _instance(annotation: Any) -> Instance:
    try:
        read = Annotation.model_validate(annotation)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        field, kind = (*fault["loc"], "annotation")[0], "too_short" if "too_short" in fault["type"] else "malformed"
        raise Refused(f"{field}_{kind}", fault["msg"]) from error
    return Instance(read.polygon, read.text, read.language, read.valid)


def _rejection(entry: Entry, record: str, refused: Refused) -> Rejection:
    return Rejection(str(entry.folder / "test.json"), record, refused.reason, refused.detail)
