"""What `WordLmdb` and `SceneLmdb` share: a frozen handle on a committed folder, and the writer of one shard of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

from str_pipelines.records import Rejection
from str_pipelines.storage.digests import RECORD_BYTES, digest_of
from str_pipelines.storage.folders import recover, sync
from str_pipelines.storage.manifests import Manifest, Part, join, read_manifest, write_manifest
from str_pipelines.storage.tables import RowWriter, iterate

DIGESTS, ROWS, REJECTIONS = "digests.bin", "records.parquet", "rejections.parquet"


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
        manifest = read_manifest(path)
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

    def __len__(self) -> int:
        return self.count

    @property
    def manifest(self) -> Manifest:
        """What the folder says of itself."""
        return _manifest(self.path, self.digest)

    def folders(self) -> list[Path]:
        """The folders of the parts, in order: one for a single LMDB, one a shard otherwise."""
        return [(self.path / part.path).parent for part in self.manifest.parts]

    def rows(self) -> Iterator[dict[str, Any]]:
        """The sidecar, a row a record, in the order of the records."""
        for folder in self.folders():
            if (folder / ROWS).is_file():
                yield from iterate(folder / ROWS)

    def digests(self) -> Iterator[bytes]:
        """The digest of each record, in order."""
        for folder in self.folders():
            data = (folder / DIGESTS).read_bytes()
            yield from (data[i : i + RECORD_BYTES] for i in range(0, len(data), RECORD_BYTES))

    def rejections(self) -> Iterator[Rejection]:
        """What was turned away while this was made."""
        for folder in self.folders():
            if (folder / REJECTIONS).is_file():
                yield from (Rejection(**row) for row in iterate(folder / REJECTIONS))

    def place(self, index: int) -> tuple[Path, int]:
        """The folder of record `index` (0-based) and its 0-based place there."""
        if not 0 <= index < self.count:
            raise IndexError(f"{self.path} has {self.count} records; there is no record {index}")
        for folder, part in zip(self.folders(), self.manifest.parts, strict=True):
            if index < part.count:
                return folder, index
            index -= part.count
        raise ValueError(f"{self.path}: the parts hold fewer records than the manifest says")


class ShardWriter:
    """Writes one folder: records, sidecar, rejections, digests; `finish` commits it with its manifest."""

    kind: ClassVar[str] = ""
    data: ClassVar[str] = "data.mdb"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._rows, self._digests = RowWriter(folder / ROWS), bytearray()
        self._rejections, self._reasons = RowWriter(folder / REJECTIONS), Counter[str]()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """An error leaves the folder without a manifest, which is to say unfinished."""

    def reject(self, rejection: Rejection) -> None:
        """Write down what could not be used."""
        self._reasons[rejection.reason] += 1
        self._rejections.add({name: getattr(rejection, name) for name in ("source", "record", "reason", "detail")})

    def finish(self, made: Mapping[str, Any] | None = None) -> Manifest:
        """Close and sync every file, then write the manifest."""
        self._close()
        self._rows.close()
        if self._rejections.rows:
            self._rejections.close()
        (self.folder / DIGESTS).write_bytes(self._digests)
        sync(self.folder / DIGESTS)
        count = len(self._digests) // RECORD_BYTES
        manifest = Manifest(
            kind=self.kind,
            count=count,
            digest=digest_of([bytes(self._digests)]),
            parts=(Part(path=self.data, count=count, bytes=(self.folder / self.data).stat().st_size),),
            rejected=dict(self._reasons),
            made=dict(made or {}),
        )
        write_manifest(self.folder, manifest)
        return manifest

    def _record(self, digest: bytes, row: Mapping[str, Any]) -> None:
        self._digests += digest
        self._rows.add(row)

    def _close(self) -> None:
        """Close the data file, where there is one beside the sidecar."""


@lru_cache(maxsize=64)
def _manifest(path: Path, digest: str) -> Manifest:
    manifest = read_manifest(path)
    if manifest.digest != digest:
        raise ValueError(f"{path} has changed since this handle was made (digest {manifest.digest}, not {digest})")
    return manifest
