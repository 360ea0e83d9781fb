"""What `WordLmdb`, `SceneLmdb` and `Rows` share: a frozen handle on a committed folder."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from str_pipelines.records import Rejection
from str_pipelines.storage.digests import RECORD_BYTES, digest_of
from str_pipelines.storage.folders import recover
from str_pipelines.storage.manifests import Manifest, Version, join, read_manifest, version_of, write_manifest
from str_pipelines.storage.tables import column, iterate

if TYPE_CHECKING:
    import pyarrow as pa

DIGESTS, ROWS, REJECTIONS = "digests.bin", "records.parquet", "rejections.parquet"
PICTURES = "rejected_pictures.parquet"


@dataclass(frozen=True)
class Layout:
    """The parts of a folder in order: where each lies, its state when this was read, and how many records end there."""

    manifest: Manifest
    folders: tuple[Path, ...]
    versions: tuple[Version, ...]
    ends: tuple[int, ...]

    def place(self, index: int) -> tuple[Path, Version, int]:
        """The folder of record `index` (0-based), the state of this folder and the 0-based place in it."""
        if not 0 <= index < self.manifest.count:
            raise IndexError(f"there are {self.manifest.count} records, and none with the index {index}")
        part = bisect_right(self.ends, index)
        return self.folders[part], self.versions[part], index - (self.ends[part - 1] if part else 0)


@dataclass(frozen=True)
class Handle:
    """A committed folder: where, how many records, and the digest of their content. Pickles as these three."""

    path: Path
    count: int
    digest: str
    kind: ClassVar[str] = ""

    @classmethod
    def at(cls, path: Path | str) -> Self:
        """The handle on what lies at `path`; its size is checked, its content is `verify`'s to check.

        Raises:
            FileNotFoundError: nothing finished lies there.
            ValueError: something else lies there, or it is damaged.
        """
        path = Path(path)
        recover(path)
        manifest = cls.read_manifest(path)
        if manifest.kind != cls.kind:
            raise ValueError(f"{path} holds {manifest.kind!r}, where {cls.kind!r} is wanted")
        return cls(path, manifest.count, manifest.digest)

    @classmethod
    def exists(cls, path: Path | str) -> bool:
        """Whether something whole of this kind lies at `path`."""
        try:
            cls.at(path)
        except (FileNotFoundError, ValueError):
            return False
        return True

    @classmethod
    def join(cls, folder: Path, shards: list[str], made: Mapping[str, Any]) -> Self:
        """Commit a folder whose `shards`, subfolders in this order, are all finished."""
        manifests = {name: read_manifest(folder / name) for name in shards}
        digest = digest_of((folder / name / DIGESTS).read_bytes() for name in shards)
        write_manifest(folder, join(cls.kind, digest, manifests, dict(made)))
        return cls.at(folder)

    @classmethod
    def read_manifest(cls, path: Path) -> Manifest:
        """What the folder says of itself."""
        return read_manifest(path)

    def __len__(self) -> int:
        return self.count

    @property
    def layout(self) -> Layout:
        """The parts, read again when the folder has been replaced.

        Raises:
            ValueError: by something else than this handle stands for.
        """
        return _layout(self, version_of(self.path))

    @property
    def manifest(self) -> Manifest:
        """What the folder says of itself."""
        return self.layout.manifest

    def folders(self) -> list[Path]:
        """The folders of the parts, in order: one for a single LMDB, one a shard otherwise."""
        return list(self.layout.folders)

    def rows(self) -> Iterator[dict[str, Any]]:
        """The sidecar, a row a record, in the order of the records."""
        for folder in self.folders():
            yield from iterate(folder / ROWS)

    def digests(self) -> Iterator[bytes]:
        """The digest of each record, in order, as it was written."""
        for folder in self.folders():
            data = (folder / DIGESTS).read_bytes()
            yield from (data[i : i + RECORD_BYTES] for i in range(0, len(data), RECORD_BYTES))

    def read_digests(self) -> Iterator[bytes | None]:
        """The digest of each record as it reads now; None where it cannot be read."""
        raise NotImplementedError

    def rejections(self) -> Iterator[Rejection]:
        """What was turned away while this was made."""
        for folder in self.folders():
            if (folder / REJECTIONS).is_file():
                yield from (Rejection(**row) for row in iterate(folder / REJECTIONS))

    def rejected_pictures(self) -> Iterator[tuple[str, str, bytes]]:
        """Reason, record and encoded picture of some of what was turned away, a few of each reason and part."""
        for folder in self.folders():
            if (folder / PICTURES).is_file():
                yield from ((row["reason"], row["record"], row["picture"]) for row in iterate(folder / PICTURES))

    def id_of(self, index: int) -> str:
        """The id of record `index` (0-based); where there is no sidecar, its number, counted from 1."""
        ids = _ids(self)
        return f"{index + 1:09d}" if ids is None else str(ids[index])


@lru_cache(maxsize=64)
def _layout(handle: Handle, version: Version) -> Layout:
    manifest = handle.read_manifest(handle.path)
    if manifest.digest != handle.digest:
        raise ValueError(f"{handle.path} has changed since this handle was made; load it again")
    folders = tuple((handle.path / part.path).parent for part in manifest.parts)
    ends = tuple(accumulate(part.count for part in manifest.parts))
    return Layout(manifest, folders, tuple(map(version_of, folders)), ends)


@lru_cache(maxsize=4)
def _ids(handle: Handle) -> pa.ChunkedArray | None:
    """The ids of all records as one Arrow column: some 30 bytes a record, kept for reading in any order."""
    files = [folder / ROWS for folder in handle.folders()]
    if not any(file.is_file() for file in files):
        return None
    ids = column(files, "id")
    if len(ids) != handle.count:
        raise ValueError(f"{handle.path}: the sidecar has {len(ids)} rows for {handle.count} records; make it again")
    return ids
