"""Word LMDBs: ours with their sidecars, and those of other tools record by record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from str_pipelines.curation.forms import EXTRAS
from str_pipelines.curation.pictures import size_allowed
from str_pipelines.records import Refused, Rejection, Word
from str_pipelines.storage.digests import canonical, digest_of
from str_pipelines.storage.environments import fetch
from str_pipelines.storage.handles import ROWS
from str_pipelines.storage.manifests import DATA, NAME, Version, version_of
from str_pipelines.storage.samples import has_labels, said_count
from str_pipelines.storage.tables import column_names, iterate
from str_pipelines.storage.words import OWN_COLUMNS, WordLmdb

PLANES = ("image", "image_hr")
"""What the keys of pictures begin with; the second is TextZoom's, which also has `image_lr`."""


@dataclass(frozen=True)
class OurWords:
    """A set with a manifest. Its shards may have different facts, where it was merged; a word has those of all."""

    handle: WordLmdb
    facts: tuple[str, ...]

    @classmethod
    def at(cls, folder: Path) -> OurWords:
        """The set in this folder, and the columns of its sidecars.

        Raises:
            ValueError: it is damaged, or no set of words.
        """
        handle = WordLmdb.at(folder)
        names = dict.fromkeys(name for part in handle.folders() for name in column_names(part / ROWS))
        return cls(handle, tuple(name for name in names if name not in OWN_COLUMNS))

    @property
    def name(self) -> str:
        """That of its folder."""
        return self.handle.path.name

    @property
    def digest(self) -> str:
        """That of the content."""
        return self.handle.digest

    @property
    def labelled(self) -> bool:
        """Whether its words have labels."""
        return self.handle.labelled

    def __len__(self) -> int:
        return len(self.handle)

    def ids(self) -> Iterator[str]:
        """Of all words, in order."""
        for folder in self.handle.folders():
            yield from (row["id"] for row in iterate(folder / ROWS))

    def words(self, places: Sequence[int]) -> Iterator[Word | Rejection]:
        """See `WordSet`."""
        for word in self.handle.pick(places):
            lacking = dict.fromkeys(name for name in self.facts if name not in word.facts)
            yield replace(word, facts={**word.facts, **lacking}) if lacking else word


@dataclass(frozen=True)
class ForeignWords:
    """An LMDB with `image-%09d`, `label-%09d`, `num-samples` and no manifest; ids are `<name>/<number>`.

    `plane` is what the keys of its pictures begin with. Where there is no label at all, as in sets to be learned from
    without, all are empty.
    """

    folder: Path
    name: str
    version: Version
    count: int
    plane: str
    extras: tuple[str, ...]

    @classmethod
    def at(cls, folder: Path, name: str, plane: str | None = None) -> ForeignWords:
        """The LMDB in this folder; which plane of it, where there is none of PLANES or another one is wanted.

        Raises:
            ValueError: it is damaged, or no word LMDB, or has no such plane.
        """
        version = version_of(folder)
        count, wanted = said_count(folder, version), (plane,) if plane else PLANES
        firsts = fetch(folder, version, [_key(name, 1) for name in (*wanted, *EXTRAS)])
        there = [name for name, value in zip((*wanted, *EXTRAS), firsts, strict=True) if value is not None]
        if plane and plane not in there:
            raise ValueError(f"{folder / DATA}: no key {_key(plane, 1).decode()!r}; another plane?")
        planes, extras = [name for name in there if name in wanted], [name for name in there if name in EXTRAS]
        return cls(folder, name, version, count, planes[0] if planes else PLANES[0], tuple(extras))

    @property
    def digest(self) -> str:
        """Of where it lies, its size and time of change."""
        return digest_of([canonical([self.folder.resolve(), self.name, self.plane, *self.version])])

    @property
    def labelled(self) -> bool:
        """Whether its words have labels."""
        return has_labels(self.folder, self.version)

    def __len__(self) -> int:
        return self.count

    def ids(self) -> Iterator[str]:
        """Of all words, in order."""
        return (f"{self.name}/{number:09d}" for number in range(1, self.count + 1))

    def words(self, places: Sequence[int]) -> Iterator[Word | Rejection]:
        """See `WordSet`."""
        for place in places:
            try:
                yield self._word(place + 1)
            except Refused as refused:
                yield Rejection(str(self.folder / DATA), f"{place + 1:09d}", refused.reason, refused.detail)

    def _word(self, number: int) -> Word:
        keys = [_key(each, number) for each in (self.plane, "label", *self.extras)]
        image, label, *more = fetch(self.folder, self.version, keys)
        if image is None or (label is None and has_labels(self.folder, self.version)):
            lacking = "picture" if image is None else "label"
            raise Refused(f"{lacking}_missing", f"`num-samples` counts it, and there is no key for its {lacking}")
        facts = {EXTRAS[extra]: _text(value or b"") for extra, value in zip(self.extras, more, strict=True)}
        return Word(f"{self.name}/{number:09d}", image, _text(label or b""), size_allowed(image), self.name, facts)


def find_lmdbs(root: Path, plane: str | None = None) -> list[OurWords | ForeignWords]:
    """The LMDBs at or below `root`, in the order of their folders. Hidden folders and links to folders are left out.

    Raises:
        ValueError: one is damaged, or holds something else than words.
    """
    return [_opened(folder, root, plane) for folder in _folders(root)]


def _opened(folder: Path, root: Path, plane: str | None) -> OurWords | ForeignWords:
    if (folder / NAME).is_file():
        return OurWords.at(folder)
    name = folder.relative_to(root).as_posix()
    return ForeignWords.at(folder, root.resolve().name if name == "." else name, plane)


def _key(kind: str, number: int) -> bytes:
    return b"%b-%09d" % (kind.encode(), number)


def _folders(folder: Path) -> Iterator[Path]:
    if (folder / NAME).is_file() or (folder / DATA).is_file():
        yield folder
    elif folder.is_dir():
        inner = (each for each in folder.iterdir() if each.is_dir() and not each.is_symlink())
        for each in sorted(each for each in inner if not each.name.startswith(".")):
            yield from _folders(each)


def _text(said: bytes) -> str:
    try:
        return said.decode()
    except UnicodeDecodeError as error:
        raise Refused("label_not_text", f"{ascii(said[:200])}: {error.reason}") from error
