"""Text masks as CCD stores them: `mask-%09d` (1-based) and `num-samples`, record by record those of a word LMDB."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from str_pipelines.records import Mask, Word
from str_pipelines.storage.digests import content, record_digest
from str_pipelines.storage.environments import fetch
from str_pipelines.storage.found_masks import KIND, REMEDY, adopt, mask_key, missing_in, pictures_in, require_most
from str_pipelines.storage.handles import Handle
from str_pipelines.storage.manifests import Manifest
from str_pipelines.storage.samples import COUNT, is_foreign
from str_pipelines.storage.shards import ShardWriter
from str_pipelines.storage.stores import Store
from str_pipelines.storage.words import WordLmdb

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

OPEN = 127
"""Of a mask with shades, a pixel of which nobody has said whether it is text; less than half, so it is none to whoever
asks for text alone."""
OWN_COLUMNS = ("id", "width", "height", "picture")


def picture_digest(image: bytes) -> str:
    """32 hexadecimal digits of an encoded picture."""
    return record_digest(image).hex()


def mask_row(mask: Mask) -> dict[str, Any]:
    """The sidecar row of a mask: its own columns, then its facts."""
    width, height = mask.size
    return {"id": mask.id, "width": width, "height": height, "picture": mask.picture, **mask.facts}


@dataclass(frozen=True)
class MaskLmdb(Handle):
    """Masks on disk, in the order of the words that they belong to.

    Those of somebody else, without a manifest, are read where they lie: a number is all that ties them to words. Some
    may be missing, and `count` is the number of the last one that is there (found_masks.py).
    """

    kind: ClassVar[str] = KIND

    @classmethod
    def read_manifest(cls, path: Path) -> Manifest:
        """What the folder says of itself, or what was found in it."""
        return adopt(path) if is_foreign(path) else super().read_manifest(path)

    @property
    def full(self) -> int:
        """1 where a pixel is text or is not, 255 where it may be text to a degree."""
        return int(self.manifest.made.get("full", 1))

    def __getitem__(self, index: int) -> Mask:
        """Mask `index` (0-based) without facts, which `rows` gives, and without the digest of its picture."""
        image = self._image(index)
        return Mask(self.id_of(index), image, _size(image), "")

    def __iter__(self) -> Iterator[Mask]:
        """All masks in order with their facts."""
        for index, row in enumerate(self.rows()):
            facts = {key: value for key, value in row.items() if key not in OWN_COLUMNS}
            image = self._image(index)
            yield Mask(row["id"], image, _size(image), row["picture"], facts)

    def rows(self) -> Iterator[dict[str, Any]]:
        """As `Handle.rows`; of somebody else's, what their pictures say."""
        if not is_foreign(self.path):
            return super().rows()
        return (mask_row(self[index]) for index in range(self.count))

    def digests(self) -> Iterator[bytes]:
        """As `Handle.digests`; of somebody else's, over the pictures alone, and over nothing where one is missing."""
        return map(record_digest, pictures_in(self.path)) if is_foreign(self.path) else super().digests()

    def pixels(self, index: int) -> NDArray[np.uint8]:
        """Mask `index` (0-based) as (H, W) uint8 from 0 to `full`."""
        from str_pipelines.imaging.bilevel import decode_mask

        return decode_mask(self._image(index))

    def read_digests(self) -> Iterator[bytes | None]:
        """As `Handle.read_digests`."""
        if is_foreign(self.path):
            yield from (record_digest(image) if image else None for image in pictures_in(self.path))
            return
        for index, row in enumerate(self.rows()):
            try:
                image = self._image(index)
                width, height = _size(image)
            except ValueError:
                yield None
            else:
                yield record_digest(image, content({**row, "width": width, "height": height}))

    def lacks(self, index: int) -> bool:
        """Whether mask `index` (0-based) is one that somebody else has left out."""
        return is_foreign(self.path) and (index >= self.count or self._found(index) is None)

    def missing(self, words: WordLmdb) -> int:
        """How many masks of these words somebody else has left out."""
        return missing_in(self.path, words) if is_foreign(self.path) else 0

    def require(self, words: WordLmdb, lacking: float = 0) -> None:
        """See that these are the masks of these words: as many, of the same ids, made for these very pictures.

        Nothing is read where they were made of a set with the digest that `words` has. Those of somebody else have
        neither ids nor digests: sizes have to do, and the share `lacking` of them, rounded up, may be missing.

        Raises:
            ValueError: they are not; the first difference is named.
        """
        if self.manifest.made.get("words") == words.digest:
            return
        if is_foreign(self.path):
            require_most(self.path, words, ceil(lacking * words.count))
            return
        if self.count != words.count:
            raise ValueError(f"{self.path} has {self.count} masks, {words.path} {words.count} words; {REMEDY}")
        for number, (row, word) in enumerate(zip(self.rows(), words, strict=True), 1):
            if fault := _apart(row, word):
                raise ValueError(f"{self.path}: mask {number} {fault}, word {number} of {words.path}; {REMEDY}")

    def _image(self, index: int) -> bytes:
        if (image := self._found(index)) is None:
            raise ValueError(f"{self.path}: mask {index + 1} is missing; make the LMDB again")
        return image

    def _found(self, index: int) -> bytes | None:
        folder, version, place = self.layout.place(index)
        return fetch(folder, version, [mask_key(place + 1)])[0]


class MaskWriter(ShardWriter):
    """Writes masks to one LMDB."""

    kind: ClassVar[str] = KIND

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._store, self._count = Store(folder, ordered=True), 0

    def add(self, mask: Mask) -> None:
        """Append one mask."""
        row = mask_row(mask)
        self._record(record_digest(mask.image, content(row)), row)
        self._count += 1
        self._store.put(mask_key(self._count), mask.image)

    def _close(self) -> None:
        self._store.put(COUNT, b"%d" % self._count)
        self._store.close()

    def _release(self) -> None:
        self._store.release()


def _apart(row: Mapping[str, Any], word: Word) -> str:
    """Why a mask of ours is not that of a word; nothing where it is."""
    if row["id"] != word.id:
        return f"is that of {row['id']!r} and not of {word.id!r}"
    if row["picture"] != picture_digest(word.image):
        return f"was made for another picture than {word.id!r} has now"
    return ""


def _size(image: bytes) -> tuple[int, int]:
    from str_pipelines.imaging.bilevel import mask_size

    return mask_size(image)
