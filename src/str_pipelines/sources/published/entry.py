"""What a parser of a published set gives: its words as they are listed, nothing opened but the listing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from str_pipelines.records import Rejection

Points = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Entry:
    """One word of a listing.

    `id` is unique in its split. `picture` is a path relative to the root, with `/`. `label` is what the listing says,
    unchanged. `polygon` is (N, 2), pixels (x, y) of the photograph in the order of reading, clockwise from the top left
    of the text, N of 3 and more; None where the picture is the word itself. `refusal` is a reason and a detail, for
    what the set itself says is not to be read: ("illegible", "…").
    """

    id: str
    picture: str
    label: str
    polygon: Points | None = None
    language: str = ""
    refusal: tuple[str, str] | None = None


Entries = Callable[[Path, str], Iterator[Entry | Rejection]]
"""Root and split to what is listed, in the order of the set.

FileNotFoundError where a listing is missing, ValueError where one cannot be read, both with file and line or record; a
single line that cannot be used is a `Rejection`.
"""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a published set lies on disk.

    `splits` says of each split which files list it, as patterns below the root, `a|b` for one or else the other: when
    one of them changes, the set is parsed again. `keeps` is None, or which labels are in this version of the set, and
    `version` says it in words.
    """

    entries: Entries
    splits: Mapping[str, tuple[str, ...]]
    licence: str
    keeps: Callable[[str], bool] | None = None
    version: str = ""

    def listings(self, root: Path, split: str) -> list[Path]:
        """The files that list a split.

        Raises:
            FileNotFoundError: there is none of a pattern.
        """
        return [file for pattern in self.splits[split] for file in listed_files(root, pattern)]


def listed_files(root: Path, pattern: str) -> list[Path]:
    """The files below a root that a pattern means, numbers in their order; of `a|b` those of `b` where there is no `a`.

    Raises:
        FileNotFoundError: there is none.
    """
    for either in pattern.split("|"):
        if found := [path for path in root.glob(either) if path.is_file()]:
            return sorted(found, key=_natural)
    raise FileNotFoundError(
        f"{root / pattern.replace('|', ' or ')} is missing; ingest.words.read.source.root is the folder of the set "
        "(data/README.md)"
    )


def _natural(path: Path) -> list[tuple[int, str]]:
    """`img_9` before `img_10`."""
    parts = re.findall(r"[0-9]+|[^0-9]+", path.as_posix())
    return [(int(part), "") if part.isdecimal() and len(part) < 20 else (-1, part) for part in parts]


def joined(folder: str, name: str) -> str:
    """A path below a folder, `.` for the root itself, as `PurePosixPath` joins them, in a tenth of its time.

    >>> joined("test", "./word_1.png"), joined(".", "word_1.png")
    ('test/word_1.png', 'word_1.png')
    """
    plain = name.removeprefix("./")
    return plain if folder == "." else f"{folder}/{plain}"


def box_points(x: float, y: float, width: float, height: float) -> Points:
    """(4, 2) corners of an upright box, clockwise from its top left."""
    return np.array([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], np.float32)
