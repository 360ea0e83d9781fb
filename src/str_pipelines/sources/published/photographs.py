"""Sets with a listing a photograph: what they have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from str_pipelines.records import Refused, Rejection
from str_pipelines.sources.published.entry import Entry, Points

SUFFIXES = (".jpg", ".JPG", ".jpeg", ".png")
Read = Callable[[Path, str], Iterator[Entry | Rejection]]
"""Listing and picture to what is listed."""


def each_photograph(
    root: Path, listings: Sequence[Path], pictures: str, stem: Callable[[str], str], read: Read
) -> Iterator[Entry | Rejection]:
    """What all listings list; one that cannot be read costs its own photograph.

    Args:
        pictures: the folder of photographs, relative to the root.
        stem: the name of a listing, without suffix, to that of its photograph.
    """
    for listing in listings:
        picture = picture_in(root, pictures, stem(listing.stem))
        try:
            yield from read(listing, picture)
        except ValueError as error:
            yield Rejection(str(listing), picture, "listing_unreadable", str(error))


def picture_in(root: Path, folder: str, stem: str) -> str:
    """The path of a photograph whose suffix no listing says; `.jpg` where there is none."""
    names = [f"{folder}/{stem}{suffix}" for suffix in SUFFIXES]
    return next((name for name in names if (root / name).is_file()), names[0])


def points_of(numbers: Sequence[str]) -> Points:
    """(N, 2) of x, y, x, y …

    Raises:
        Refused: `polygon_malformed`.
    """
    try:
        return np.array([float(number) for number in numbers], np.float32).reshape(-1, 2)
    except ValueError as error:
        raise Refused("polygon_malformed", f"{','.join(numbers)[:200]!a}: numbers in pairs are wanted") from error
