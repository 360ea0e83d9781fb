"""Read a committed folder again, every byte, and compare it with what it says of itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from itertools import zip_longest
from multiprocessing import get_context
from pathlib import Path

from str_pipelines.records import Rejection
from str_pipelines.storage.digests import digest_of, file_crc32
from str_pipelines.storage.environments import fetch
from str_pipelines.storage.handles import Handle
from str_pipelines.storage.manifests import DATA, version_of


def verify(handle: Handle) -> Iterator[Rejection]:
    """One rejection for every file and every record that is not as it was written; none means that the folder is whole.

    Compares files with the sums in the manifest, records with their own digests, and these with the manifest's.
    Reasons: `folder_differs`, `file_missing`, `file_differs`, `record_differs`, `records_unreadable`, `digest_differs`.
    """
    try:
        parts = list(zip(handle.folders(), handle.manifest.parts, strict=True))
    except (FileNotFoundError, ValueError) as error:
        yield Rejection(str(handle.path), "", "folder_differs", str(error))
        return
    damaged = False
    for folder, part in parts:
        found = list(_files(folder, part.sums))
        damaged = damaged or bool(found)
        yield from found
        yield from _records_apart(type(handle), folder) if found else _records(type(handle), folder)
    if not damaged and digest_of(handle.digests()) != handle.digest:
        yield Rejection(str(handle.path), "", "digest_differs", "the digests of the records are not the manifest's")


def _files(folder: Path, sums: Mapping[str, str]) -> Iterator[Rejection]:
    for name, said in sums.items():
        if not (folder / name).is_file():
            yield Rejection(str(folder / name), "", "file_missing", "the manifest names it")
        elif file_crc32(folder / name) != said:
            yield Rejection(str(folder / name), "", "file_differs", "its CRC-32 is not the manifest's")


def _records(kind: type[Handle], folder: Path) -> Iterator[Rejection]:
    part = kind.at(folder)
    try:
        if (folder / DATA).is_file():
            fetch(folder, version_of(folder), [])
    except ValueError as error:
        yield Rejection(str(folder), "", "records_unreadable", str(error))
        return
    for number, (written, read) in enumerate(zip_longest(part.digests(), part.read_digests()), 1):
        if written != read:
            yield Rejection(str(folder), str(number), "record_differs", "it does not read as it was written")


def _records_apart(kind: type[Handle], folder: Path) -> Iterable[Rejection]:
    """In a process of its own: a damaged file may kill who reads it."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        future = pool.submit(_listed, kind, folder)
        error = future.exception()
    if error is None:
        return future.result()
    return [Rejection(str(folder), "", "records_unreadable", f"{type(error).__name__}: {error}")]


def _listed(kind: type[Handle], folder: Path) -> list[Rejection]:
    return list(_records(kind, folder))
