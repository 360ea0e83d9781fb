"""The shapes that travel between rooms. Nothing here imports anything but the standard library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Quad = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
"""Four corners (x, y) in pixels, clockwise from the top left *of the text*."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One piece of text in a photograph.

    `polygon` holds three or more (x, y) vertices in pixels in the order of reading: along the top of the text,
    then back along its bottom. `valid` is False where the annotator could not read it. `hint` is what a machine read
    where nobody wrote the text down: good for its length and case, never a label.
    """

    polygon: tuple[tuple[float, float], ...]
    text: str
    language: str = ""
    valid: bool = True
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """A photograph as encoded bytes with the text in it. `id` is unique within its set."""

    id: str
    image: bytes
    instances: tuple[Instance, ...]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """An encoded picture of one word, its label and its (width, height). `facts` are columns of the sidecar table."""

    id: str
    image: bytes
    label: str
    size: tuple[int, int]
    source: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mask:
    """Where the text of a word's picture is: a PNG of (width, height) `size`, 0 where there is none.

    `picture` is the digest of the picture that it belongs to. `facts` are columns of the sidecar table.
    """

    id: str
    image: bytes
    size: tuple[int, int]
    picture: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pair:
    """One word twice, as encoded pictures: `low` as it was taken, `high` as it should be. Sizes are (width, height).

    `facts` are columns of the sidecar table.
    """

    id: str
    low: bytes
    high: bytes
    label: str
    low_size: tuple[int, int]
    high_size: tuple[int, int]
    source: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rejection:
    """What could not be used: which file or set, which record in it, a short reason to count by, and details."""

    source: str
    record: str
    reason: str
    detail: str = ""


class Refused(ValueError):
    """Raised where a record cannot be used; whoever walks the records turns it into a `Rejection`.

    >>> str(Refused("image_truncated", "12 of 400 rows"))
    'image_truncated: 12 of 400 rows'
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason, self.detail = reason, detail

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.reason, self.detail)


@dataclass(frozen=True, slots=True)
class Table:
    """A handle on a parquet file: where it lies, how many rows, and a digest of its content."""

    path: Path
    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a step has to say: figures, prose, tables and pictures.

    `metrics` is chart -> curve -> value, logged as `<chart>/<curve>`; `text` is Markdown; `tables` are lists of rows;
    `sheets` are PNG bytes by name, logged as pictures; `files` are further small files by relative path.
    """

    metrics: Mapping[str, Mapping[str, float]]
    text: str
    tables: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    sheets: Mapping[str, bytes] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
