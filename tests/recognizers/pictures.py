"""Small word LMDBs with real pictures for tests of what recognizers train on."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from str_pipelines.records import Word
from str_pipelines.storage.words import WordLmdb, WordWriter

Entry = tuple[bytes, str, tuple[int, int]]
"""Picture, label and size."""
SIZES = ((40, 16), (64, 32), (200, 40), (20, 50), (300, 24))  # width and height, one of them tall
LABELS = ("Word", "two", "Third", "IV", "five5")


def picture(number: int, size: tuple[int, int]) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 that depends on its number alone."""
    coarse = np.random.default_rng(number).integers(0, 256, (4, 8, 3), np.uint8)
    return np.asarray(Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC))


def encoded(image: NDArray[np.uint8], format: str = "PNG") -> bytes:
    """A picture as a file."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, format)
    return file.getvalue()


def entries(labels: Sequence[str], sizes: Sequence[tuple[int, int]] = SIZES) -> list[Entry]:
    """As many words as there are labels."""
    given = [sizes[number % len(sizes)] for number in range(len(labels))]
    return [(encoded(picture(n, size)), label, size) for n, (label, size) in enumerate(zip(labels, given, strict=True))]


def stored(folder: Path, labels: Sequence[str] = LABELS, sizes: Sequence[tuple[int, int]] = SIZES) -> WordLmdb:
    """A word LMDB of ours."""
    with WordWriter(folder) as writer:
        for number, (image, label, size) in enumerate(entries(labels, sizes)):
            writer.add(Word(f"w{number}", image, label, size))
        writer.finish()
    return WordLmdb.at(folder)


def keys_of(words: Sequence[Entry], sized: bool) -> Mapping[bytes, bytes | None]:
    """Words in the keys of the field, with or without `wh-`."""
    found: dict[bytes, bytes | None] = {b"num-samples": b"%d" % len(words)}
    for number, (image, label, (width, height)) in enumerate(words, 1):
        found |= {b"image-%09d" % number: image, b"label-%09d" % number: label.encode()}
        found |= {b"wh-%09d" % number: b"%d_%d" % (width, height)} if sized else {}
    return found
