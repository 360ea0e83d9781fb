"""Mask LMDBs of somebody else's, which have only keys: counted, digested and compared where they lie.

CCD's scripts leave out the last mask of a set, and all that a process which died had before it; `num-samples` is the
count of one process. So the number of the last mask that is there counts, and what is missing before it is nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice, repeat
from pathlib import Path

from str_pipelines.storage.digests import digest_of, record_digest
from str_pipelines.storage.environments import environment, fetch
from str_pipelines.storage.manifests import DATA, Manifest, Part, Version, version_of
from str_pipelines.storage.remembered import remembered
from str_pipelines.storage.words import WordLmdb

KIND, MISSING = "masks", "mask_missing"
MASKS = b"mask-"
LOOKED_AT = 16
"""Masks, to see whether text is 1 or up to 255."""
REMEDY = "make masks of these words: kedro run --pipeline=masks"


def mask_key(number: int) -> bytes:
    """The key of mask `number`, counted from 1."""
    return MASKS + b"%09d" % number


def adopt(folder: Path) -> Manifest:
    """The manifest that masks without one would have; every mask is read for it, once, and what is found is
    `remembered` until they change.

    Raises:
        ValueError: there is no mask, one of the first cannot be decoded, or most are missing.
    """
    return _adopted(folder, version_of(folder))


def pictures_in(folder: Path) -> Iterator[bytes]:
    """Mask 1 to the last one that is there, nothing in the place of what is missing; read in one go."""
    version, before = version_of(folder), 0
    fetch(folder, version, ())  # what is damaged is named
    env = environment(folder, version)
    with env.begin() as transaction, transaction.cursor() as cursor:
        cursor.set_range(mask_key(1))
        for key, image in cursor:
            if not key.startswith(MASKS):
                return
            number = int(key.removeprefix(MASKS))
            if number > 2 * env.stat()["entries"]:
                raise ValueError(f"{folder}: there is a mask {number}, and most before it are missing; make it again")
            yield from repeat(b"", number - before - 1)
            yield image
            before = number


def require_most(folder: Path, words: WordLmdb, most: int) -> None:
    """See that no more than `most` masks of these words are missing, and that each that is there has the size that its
    word says, if it says one; the sizes are compared once.

    Raises:
        ValueError: there are too few, or more than words; or sizes differ, of which the first is named.
    """
    count, missing = adopt(folder).count, missing_in(folder, words)
    if count > words.count:
        raise ValueError(f"{folder} has a mask {count:,}, and {words.path} {words.count:,} words; {REMEDY}")
    if missing > most:
        first = next((number for number, image in enumerate(pictures_in(folder), 1) if not image), count + 1)
        raise ValueError(
            f"{folder} lacks {missing:,} masks of the {words.count:,} words of {words.path}, mask {first:,} is the "
            f"first: they were not finished, or are of other words; {REMEDY} --params=words={words.path},masks.to=…"
        )
    remembered(folder, version_of(folder), lambda: _compared(folder, words), KIND, words.digest)


def missing_in(folder: Path, words: WordLmdb) -> int:
    """How many of these words have no mask there."""
    manifest = adopt(folder)
    return words.count - manifest.count + manifest.rejected.get(MISSING, 0)


@lru_cache(maxsize=256)  # of a tree, the sets of all branches
def _adopted(folder: Path, version: Version) -> Manifest:
    return remembered(folder, version, lambda: _looked_through(folder), KIND)


def _looked_through(folder: Path) -> Manifest:
    there = bytearray()  # of each mask up to the last one, 1 if it is there

    def digests() -> Iterator[bytes]:
        for image in pictures_in(folder):
            there.append(bool(image))
            yield record_digest(image)

    digest = digest_of(digests())
    if not there:
        raise ValueError(f"{folder}: it has no key `{mask_key(1).decode()}`, nor a later one, so this is no mask LMDB")
    part = Part(path=DATA, count=len(there), bytes=(folder / DATA).stat().st_size)
    rejected = {MISSING: there.count(0)} if 0 in there else {}
    made = {"full": _full(islice(filter(None, pictures_in(folder)), LOOKED_AT))}
    return Manifest(kind=KIND, count=len(there), digest=digest, parts=(part,), rejected=rejected, made=made)


def _full(images: Iterator[bytes]) -> int:
    from str_pipelines.imaging.bilevel import decode_mask

    return 255 if any(decode_mask(image).max() > 1 for image in images) else 1


def _compared(folder: Path, words: WordLmdb) -> Manifest:
    from str_pipelines.imaging.bilevel import mask_size

    for number, (image, word) in enumerate(zip(pictures_in(folder), words, strict=False), 1):
        if image and 0 not in word.size and (size := mask_size(image)) != word.size:
            raise ValueError(
                f"{folder}: mask {number} is of {size} pixels and not of the {word.size} of {word.id!r}, word {number} "
                f"of {words.path}; {REMEDY}"
            )
    return adopt(folder)
