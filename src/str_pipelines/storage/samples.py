"""One record of a word LMDB in the keys of the field; and LMDBs of somebody else's, which have only these keys."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from pathlib import Path

from str_pipelines.storage.digests import digest_of, record_digest
from str_pipelines.storage.environments import environment, fetch
from str_pipelines.storage.manifests import DATA, NAME, Manifest, Part, Version, version_of
from str_pipelines.storage.remembered import remembered

COUNT = b"num-samples"
DIGITS = 18
TOGETHER = 32
"""Records that are read in one transaction, where all are read."""
KIND = "words"
LABELS = b"label-"
REMEDY = "make the LMDB again, or a set of what it has: `ingest.words`, kind `lmdb`"


def image_key(number: int) -> bytes:
    """The key of picture `number`, counted from 1."""
    return b"image-%09d" % number


def label_key(number: int) -> bytes:
    """The key of label `number`, counted from 1."""
    return b"label-%09d" % number


def size_key(number: int) -> bytes:
    """The key of "width_height" of picture `number`, counted from 1: OpenOCR's."""
    return b"wh-%09d" % number


def read_sample(folder: Path, version: Version, number: int) -> tuple[bytes, str, bytes]:
    """Picture, label and "width_height" (empty where the set has none) of record `number`, counted from 1.

    Raises:
        ValueError: picture or label is missing, or the label is not UTF-8.
    """
    image, label, size = fetch(folder, version, (image_key(number), label_key(number), size_key(number)))
    return *_checked(folder, version, number, image, label), size or b""


def _checked(
    folder: Path, version: Version, number: int, image: bytes | None, label: bytes | None
) -> tuple[bytes, str]:
    if image is None or (label is None and has_labels(folder, version)):
        lacking = "picture" if image is None else "label"
        raise ValueError(f"{folder}: record {number} has no {lacking}; {REMEDY}")
    try:
        return image, (label or b"").decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"{folder}: label {number} is not UTF-8 ({error}); make the LMDB again") from error


@lru_cache(maxsize=64)
def has_labels(folder: Path, version: Version) -> bool:
    """Whether an LMDB has any label at all: sets to learn from without labels, as CCD's URD, have none."""
    fetch(folder, version, ())
    with environment(folder, version).begin() as transaction, transaction.cursor() as cursor:
        return cursor.set_range(LABELS) and bytes(cursor.key()).startswith(LABELS)


def said_count(folder: Path, version: Version) -> int:
    """What `num-samples` says.

    Raises:
        ValueError: it is no number, or one that all keys of the LMDB together are too few for.
    """
    [said] = fetch(folder, version, [COUNT])
    if said is None or not said.isdigit():
        raise ValueError(f"{folder / DATA}: `num-samples` is {said!r:.40}, so this is no word LMDB")
    entries = environment(folder, version).stat()["entries"]
    if len(said) > DIGITS or int(said) > entries:
        raise ValueError(f"{folder / DATA}: `num-samples` is {said!r:.40}, and there are {entries} keys; make it again")
    return int(said)


def is_foreign(folder: Path) -> bool:
    """Whether an LMDB lies there that none of our writers has finished."""
    return (folder / DATA).is_file() and not (folder / NAME).is_file()


def adopt(folder: Path) -> Manifest:
    """The manifest that an LMDB without one would have; every record is read for it, once, and what is found is
    `remembered` until the LMDB changes.

    Of a set without any label it says so, and takes all labels for empty.

    Raises:
        ValueError: a record is missing or unreadable, or there are more or fewer than `num-samples` says.
    """
    return _adopted(folder, version_of(folder))


@lru_cache(maxsize=256)  # of a tree, the sets of all branches
def _adopted(folder: Path, version: Version) -> Manifest:
    return remembered(folder, version, lambda: _looked_through(folder, version))


def _looked_through(folder: Path, version: Version) -> Manifest:
    count = _count(folder, version)
    digest = digest_of(sample_digests(folder, version, count))
    part = Part(path=DATA, count=count, bytes=(folder / DATA).stat().st_size)
    made = {} if has_labels(folder, version) else {"labels": False}
    return Manifest(kind=KIND, count=count, digest=digest, parts=(part,), made=made)


def sample_digests(folder: Path, version: Version, count: int) -> Iterator[bytes]:
    """Of each record, over picture and label, which is all that a foreign one has."""
    for start in range(1, count + 1, TOGETHER):
        numbers = range(start, min(start + TOGETHER, count + 1))
        found = fetch(folder, version, chain(map(image_key, numbers), map(label_key, numbers)))
        for number, *said in zip(numbers, found, found[len(numbers) :], strict=False):
            image, label = _checked(folder, version, number, *said)
            yield record_digest(image, label.encode())


def _count(folder: Path, version: Version) -> int:
    count = said_count(folder, version)
    [beyond] = fetch(folder, version, [image_key(count + 1)])
    if beyond is not None:
        raise ValueError(f"{folder}: there are more records than the {count} of `num-samples`; make the LMDB again")
    return count
