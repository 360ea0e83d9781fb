"""The writer of one folder: what words, scenes and rows have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

from str_pipelines.records import Rejection
from str_pipelines.storage.digests import RECORD_BYTES, digest_of, file_crc32
from str_pipelines.storage.folders import sync
from str_pipelines.storage.handles import DIGESTS, PICTURES, REJECTIONS, ROWS
from str_pipelines.storage.manifests import DATA, Manifest, Part, write_manifest
from str_pipelines.storage.tables import RowWriter

PICTURES_KEPT, PICTURE_BYTES = 4, 1 << 16
"""Of each reason, and the most that one may have: what was turned away is to be looked at, and not a second set."""


class ShardWriter:
    """Writes one folder: records, sidecar, rejections, digests; `finish` says what it holds and so makes it count.

    A context manager: left before `finish`, by an error or otherwise, it closes its files, and the folder has no
    manifest, which is to say that it is unfinished.
    """

    kind: ClassVar[str] = ""
    data: ClassVar[str] = DATA

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._rows, self._digests = RowWriter(folder / ROWS), bytearray()
        self._rejections, self._reasons = RowWriter(folder / REJECTIONS), Counter[str]()
        self._pictures, self._shown = RowWriter(folder / PICTURES), Counter[str]()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._release()

    def reject(self, rejection: Rejection, picture: bytes = b"") -> None:
        """Write down what could not be used; its picture, too, where it is small and among the first of this reason."""
        reason = rejection.reason
        self._reasons[reason] += 1
        if 0 < len(picture) <= PICTURE_BYTES and self._shown[reason] < PICTURES_KEPT:
            self._shown[reason] += 1
            self._pictures.add({"reason": reason, "record": rejection.record, "picture": picture})
        self._rejections.add({name: getattr(rejection, name) for name in ("source", "record", "reason", "detail")})

    def finish(self, made: Mapping[str, Any] | None = None) -> Manifest:
        """Write what is left, sync every file, then write the manifest.

        Args:
            made: what the manifest shall say of how this was made.
        """
        self._close()
        self._rows.close()
        for written in (self._rejections, self._pictures):
            if written.rows:
                written.close()
        (self.folder / DIGESTS).write_bytes(self._digests)
        sync(self.folder / DIGESTS)
        manifest = self._manifest(made or {})
        write_manifest(self.folder, manifest)
        return manifest

    def _manifest(self, made: Mapping[str, Any]) -> Manifest:
        count = len(self._digests) // RECORD_BYTES
        files = [self.folder / name for name in dict.fromkeys((self.data, ROWS, REJECTIONS, PICTURES, DIGESTS))]
        sums = {file.name: file_crc32(file) for file in files if file.is_file()}
        size = (self.folder / self.data).stat().st_size
        return Manifest(
            kind=self.kind,
            count=count,
            digest=digest_of([bytes(self._digests)]),
            parts=(Part(path=self.data, count=count, bytes=size, sums=sums),),
            rejected=dict(self._reasons),
            made=dict(made),
        )

    def _record(self, digest: bytes, row: Mapping[str, Any]) -> None:
        self._rows.add(row)
        self._digests += digest

    def _close(self) -> None:
        """Write the rest of the data file, where there is one beside the sidecar, and close it."""

    def _release(self) -> None:
        """Close the data file as it is, if it is open."""
