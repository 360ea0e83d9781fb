"""Read a committed folder again, every byte, and compare it with what it says of itself."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from str_pipelines.records import Rejection
from str_pipelines.storage.digests import content, digest_of, record_digest
from str_pipelines.storage.scenes import SceneLmdb, annotations
from str_pipelines.storage.words import WordLmdb, word_digest


def verify(handle: WordLmdb | SceneLmdb) -> Iterator[Rejection]:
    """One rejection for every record that is not as it was written; none means that the folder is whole.

    Compares each record with its own digest, the digests with the manifest's, and counts.
    """
    if digest_of(handle.digests()) != handle.digest:
        yield Rejection(str(handle.path), "digests.bin", "digest_differs", "the digests are not those of the manifest")
    found = _word_digests(handle) if isinstance(handle, WordLmdb) else _scene_digests(handle)
    for number, (expected, actual) in enumerate(zip_longest(handle.digests(), found), 1):
        if expected != actual:
            yield Rejection(str(handle.path), str(number), "record_differs", "picture, label or sidecar row has changed")


def _word_digests(words: WordLmdb) -> Iterator[bytes | None]:
    rows = words.rows()
    for index in range(len(words)):
        row = next(rows, None)
        try:
            word = words[index]
        except ValueError:
            yield None
            continue
        same = row is not None and row["label"] == word.label and (row["width"], row["height"]) == word.size
        yield word_digest(word, row) if row is not None and same else None


def _scene_digests(scenes: SceneLmdb) -> Iterator[bytes | None]:
    for row in scenes.rows():
        try:
            scene = scenes.find(row["id"])
        except (ValueError, KeyError):
            yield None
        else:
            yield record_digest(scene.id.encode(), scene.image, annotations(scene), content(row))
