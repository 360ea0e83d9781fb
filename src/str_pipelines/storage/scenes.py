"""Photographs with their text as TextSSR stores them: `image-<id>` and `annotations-<id>`, a JSON list."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import ClassVar

from str_pipelines.records import Instance, Scene
from str_pipelines.storage.digests import canonical, content, record_digest
from str_pipelines.storage.environments import environment
from str_pipelines.storage.handles import ROWS, Handle, ShardWriter
from str_pipelines.storage.stores import Store
from str_pipelines.storage.tables import iterate


def annotations(scene: Scene) -> bytes:
    """The instances as AnyWord's JSON: polygon, text, language, valid."""
    return canonical(
        [{"polygon": i.polygon, "text": i.text, "language": i.language, "valid": i.valid} for i in scene.instances]
    )


def instances(data: bytes) -> tuple[Instance, ...]:
    """The inverse of `annotations`; also reads TextSSR's own, which may lack language and valid."""
    return tuple(
        Instance(
            polygon=tuple((float(x), float(y)) for x, y in item["polygon"]),
            text=item["text"],
            language=item.get("language", ""),
            valid=item.get("valid", True),
        )
        for item in json.loads(data)
    )


@dataclass(frozen=True)
class SceneLmdb(Handle):
    """Photographs on disk, by index or by id."""

    kind: ClassVar[str] = "scenes"

    def ids(self) -> list[str]:
        """The ids of all photographs, in order."""
        return list(_index(self.path, self.digest))

    def find(self, scene_id: str) -> Scene:
        """The photograph with this id.

        Raises:
            KeyError: there is none.
        """
        try:
            folder, source = _index(self.path, self.digest)[scene_id]
        except KeyError:
            raise KeyError(f"{self.path} has no photograph {scene_id!r}") from None
        return _read(folder, scene_id, source)

    def __getitem__(self, index: int) -> Scene:
        return self.find(self.ids()[index])

    def __iter__(self) -> Iterator[Scene]:
        return (self.find(scene_id) for scene_id in self.ids())


class SceneWriter(ShardWriter):
    """Writes photographs to one LMDB."""

    kind: ClassVar[str] = "scenes"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._store = Store(folder, ordered=False)

    def add(self, scene: Scene) -> None:
        """Append one photograph.

        Raises:
            ValueError: its id was there before.
        """
        key, text = scene.id.encode(), annotations(scene)
        self._store.put(b"image-" + key, scene.image)
        self._store.put(b"annotations-" + key, text)
        row = {"id": scene.id, "source": scene.source, "instances": len(scene.instances), "bytes": len(scene.image)}
        self._record(record_digest(key, scene.image, text, content(row)), row)

    def _close(self) -> None:
        self._store.close()


@lru_cache(maxsize=8)
def _index(path: Path, digest: str) -> dict[str, tuple[Path, str]]:
    handle = SceneLmdb.at(path)
    index: dict[str, tuple[Path, str]] = {}
    for folder in handle.folders():
        for row in iterate(folder / ROWS, ["id", "source"]) if (folder / ROWS).is_file() else ():
            index[row["id"]] = (folder, row["source"])
    if len(index) != handle.count:
        raise ValueError(f"{path}: {handle.count} photographs, but only {len(index)} different ids")
    return index


def _read(folder: Path, scene_id: str, source: str) -> Scene:
    key = scene_id.encode()
    with environment(folder).begin() as transaction:
        image, text = transaction.get(b"image-" + key), transaction.get(b"annotations-" + key)
    if image is None or text is None:
        raise ValueError(f"{folder}: {scene_id!r} has no {'image' if image is None else 'annotations'}; make it again")
    return Scene(scene_id, bytes(image), instances(text), source)
