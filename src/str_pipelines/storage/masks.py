"""Text masks as CCD stores them: `mask-%09d` (1-based) and `num-samples`, record by record those of a word LMDB."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from str_pipelines.records import Mask
from str_pipelines.storage.digests import content, record_digest
from str_pipelines.storage.environments import fetch
from str_pipelines.storage.handles import Handle
from str_pipelines.storage.samples import COUNT
from str_pipelines.storage.shards import ShardWriter
from str_pipelines.storage.stores import Store
from str_pipelines.storage.words import WordLmdb

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

OWN_COLUMNS = ("id", "width", "height", "picture")
REMEDY = "make masks of these words: kedro run --pipeline=masks"


def mask_key(number: int) -> bytes:
    """The key of mask `number`, counted from 1."""
    return b"mask-%09d" % number


def picture_digest(image: bytes) -> str:
    """32 hexadecimal digits of an encoded picture."""
    return record_digest(image).hex()


def mask_row(mask: Mask) -> dict[str, Any]:
    """The sidecar row of a mask: its own columns, then its facts."""
    width, height = mask.size
    return {"id": mask.id, "width": width, "height": height, "picture": mask.picture, **mask.facts}


@dataclass(frozen=True)
class MaskLmdb(Handle):
    """Masks on disk, in the order of the words that they belong to. `full` is the value that stands for text."""

    kind: ClassVar[str] = "masks"

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

    def pixels(self, index: int) -> NDArray[np.uint8]:
        """Mask `index` (0-based) as (H, W) uint8 from 0 to `full`."""
        from str_pipelines.imaging.bilevel import decode_mask

        return decode_mask(self._image(index))

    def read_digests(self) -> Iterator[bytes | None]:
        """As `Handle.read_digests`."""
        for index, row in enumerate(self.rows()):
            try:
                image = self._image(index)
                width, height = _size(image)
            except ValueError:
                yield None
            else:
                yield record_digest(image, content({**row, "width": width, "height": height}))

    def require(self, words: WordLmdb) -> None:
        """See that these are the masks of these words: as many, of the same ids, made for these very pictures.

        Nothing is read where they were made of a set with the digest that `words` has.

        Raises:
            ValueError: they are not; the first difference is named.
        """
        if self.manifest.made.get("words") == words.digest:
            return
        if self.count != words.count:
            raise ValueError(f"{self.path} has {self.count} masks, {words.path} {words.count} words; {REMEDY}")
        for number, (row, word) in enumerate(zip(self.rows(), words, strict=True), 1):
            if row["id"] != word.id:
                raise ValueError(
                    f"{self.path}: mask {number} is that of {row['id']!r}, word {number} of {words.path} is "
                    f"{word.id!r}; {REMEDY}"
                )
            if row["picture"] != picture_digest(word.image):
                raise ValueError(
                    f"{self.path}: mask {number} was made for another picture than {word.id!r} of {words.path} has "
                    f"now; {REMEDY}"
                )

    def _image(self, index: int) -> bytes:
        folder, version, place = self.layout.place(index)
        [image] = fetch(folder, version, [mask_key(place + 1)])
        if image is None:
            raise ValueError(f"{folder}: mask {place + 1} is missing; make the LMDB again")
        return image


class MaskWriter(ShardWriter):
    """Writes masks to one LMDB."""

    kind: ClassVar[str] = MaskLmdb.kind

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


def _size(image: bytes) -> tuple[int, int]:
    from str_pipelines.imaging.bilevel import mask_size

    return mask_size(image)
