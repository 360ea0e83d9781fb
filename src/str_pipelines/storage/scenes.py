"""Photographs with their text as TextSSR stores them: `image-<id>` and `annotations-<id>`, a JSON list."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from str_pipelines.records import Instance, Refused, Scene
from str_pipelines.storage.digests import canonical, content, record_digest, settled
from str_pipelines.storage.environments import fetch
from str_pipelines.storage.handles import Handle
from str_pipelines.storage.shards import ShardWriter
from str_pipelines.storage.stores import Store

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

T = TypeVar("T")
LONGEST_ID = 511 - len(b"annotations-")
"""In bytes: LMDB's longest key less what stands before the id."""


def annotations_of(scene: Scene) -> bytes:
    """The instances as AnyWord's JSON: polygon, text, language, valid, and hint where there is one.

    Whole coordinates are integers, for TextSSR.
    """
    return canonical([_annotation(instance) for instance in scene.instances])


def instances(data: bytes) -> tuple[Instance, ...]:
    """The inverse of `annotations_of`; also reads TextSSR's own, which may lack language and valid."""
    return tuple(
        Instance(
            polygon=tuple((float(x), float(y)) for x, y in item["polygon"]),
            text=item["text"],
            language=item.get("language", ""),
            valid=item.get("valid", True),
            hint=item.get("hint", ""),
        )
        for item in json.loads(data)
    )


@dataclass(frozen=True)
class SceneLmdb(Handle):
    """Photographs on disk, by index or by id."""

    kind: ClassVar[str] = "scenes"

    def ids(self) -> list[str]:
        """The ids of all photographs, in order."""
        return [str(row["id"]) for row in self.rows()]

    def find(self, scene_id: str) -> Scene:
        """The photograph with this id.

        Raises:
            KeyError: there is none.
            ValueError: it is damaged, or two have the same id.
        """
        try:
            index, source = _index(self)[scene_id]
        except KeyError:
            raise KeyError(f"{self.path} has no photograph {scene_id!r}") from None
        return self._scene(index, scene_id, source)

    def pixels(self, scene_id: str) -> NDArray[np.uint8]:
        """The photograph with this id as (H, W, 3) uint8 RGB.

        Raises:
            KeyError, ValueError: as `find`; also where it cannot be decoded any more.
        """
        from str_pipelines.imaging.decode import decode

        return self._sound(self.find(scene_id), decode)

    def size(self, scene: Scene) -> tuple[int, int]:
        """(width, height) of a photograph of this set in pixels.

        Raises:
            ValueError: its header cannot be read any more.
        """
        from str_pipelines.imaging.decode import size_of

        return self._sound(scene, size_of)

    def __getitem__(self, index: int) -> Scene:
        return self.find(self.id_of(index))

    def __iter__(self) -> Iterator[Scene]:
        return (self._scene(index, row["id"], row["source"]) for index, row in enumerate(self.rows()))

    def annotations(self) -> Iterator[tuple[str, tuple[Instance, ...]]]:
        """The id and the instances of each photograph, in order; no picture is read.

        Raises:
            ValueError: as `find`.
        """
        for index, scene_id in enumerate(self.ids()):
            folder, version, _ = self.layout.place(index)
            [text] = fetch(folder, version, [b"annotations-" + scene_id.encode()])
            yield scene_id, _instances(folder, scene_id, text)

    def read_digests(self) -> Iterator[bytes | None]:
        """As `Handle.read_digests`."""
        for index, row in enumerate(self.rows()):
            try:
                scene = self._scene(index, row["id"], row["source"])
            except ValueError:
                yield None
            else:
                yield record_digest(scene.id.encode(), scene.image, annotations_of(scene), content(row))

    def _sound(self, scene: Scene, look: Callable[[bytes], T]) -> T:
        """What is seen of a photograph that could be decoded when it was written."""
        try:
            return look(scene.image)
        except Refused as refused:
            damage = f"{scene.id!r} could be decoded once and cannot any more ({refused})"
            raise ValueError(f"{self.path}: {damage}; make the LMDB again") from refused

    def _scene(self, index: int, scene_id: str, source: str) -> Scene:
        folder, version, _ = self.layout.place(index)
        key = scene_id.encode()
        image, text = fetch(folder, version, (b"image-" + key, b"annotations-" + key))
        if image is None:
            raise ValueError(f"{folder}: {scene_id!r} has no picture; make the LMDB again")
        return Scene(scene_id, image, _instances(folder, scene_id, text), source)


class SceneWriter(ShardWriter):
    """Writes photographs to one LMDB."""

    kind: ClassVar[str] = "scenes"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._store = Store(folder, ordered=False)

    def add(self, scene: Scene) -> None:
        """Append one photograph.

        Raises:
            Refused: `id_too_long` for a key of LMDB. The writer is as it was before.
            ValueError: now or later, that its id was there before.
        """
        key, text = scene.id.encode(), annotations_of(scene)
        if len(key) > LONGEST_ID:
            raise Refused("id_too_long", f"{scene.id[:40]}… has {len(key)} bytes, {LONGEST_ID} are possible")
        row = {"id": scene.id, "source": scene.source, "instances": len(scene.instances), "bytes": len(scene.image)}
        self._record(record_digest(key, scene.image, text, content(row)), row)
        self._store.put(b"image-" + key, scene.image)
        self._store.put(b"annotations-" + key, text)

    def _close(self) -> None:
        self._store.close()

    def _release(self) -> None:
        self._store.release()


def _instances(folder: Path, scene_id: str, text: bytes | None) -> tuple[Instance, ...]:
    if text is None:
        raise ValueError(f"{folder}: {scene_id!r} has no annotations; make the LMDB again")
    try:
        return instances(text)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"{folder}: what stands for {scene_id!r} is not AnyWord's JSON ({error!r})") from error


def _annotation(instance: Instance) -> dict[str, Any]:
    annotation = {**asdict(instance), "polygon": settled(instance.polygon)}
    return annotation if instance.hint else {name: value for name, value in annotation.items() if name != "hint"}


@lru_cache(maxsize=8)
def _index(scenes: SceneLmdb) -> dict[str, tuple[int, str]]:
    """Place and source by id."""
    index: dict[str, tuple[int, str]] = {}
    for place, row in enumerate(scenes.rows()):
        if row["id"] in index:
            raise ValueError(f"{scenes.path}: two photographs have the id {row['id']!r}; make it again")
        index[row["id"]] = (place, row["source"])
    return index
