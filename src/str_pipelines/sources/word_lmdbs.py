"""Word LMDBs of any dialect as raw sets: record by record, so that a missing one costs itself and not the set."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

from str_pipelines.records import Refused, Rejection
from str_pipelines.sources.files import stamp, walk
from str_pipelines.sources.labelled import Found
from str_pipelines.sources.word_config import UnlabelledSource, WordLmdbSource
from str_pipelines.storage.digests import canonical, digest_of
from str_pipelines.storage.environments import fetch
from str_pipelines.storage.manifests import DATA, version_of
from str_pipelines.storage.samples import image_key, label_key, said_count


class WordLmdbs:
    """The records of every LMDB at or below a root, in the order of their folders; ids are `<folder>/<number>`.

    Of a source without labels no label is looked at, and all are empty.
    """

    def __init__(self, config: WordLmdbSource | UnlabelledSource, limit: int | None = None) -> None:
        """Find them and ask each for its `num-samples`.

        Raises:
            FileNotFoundError: there is none.
            ValueError: one is damaged, or has no `num-samples` that can be.
        """
        self._root, self._folders = config.root, folders_below(config.root)
        self._labelled = isinstance(config, WordLmdbSource)
        self._versions = [version_of(config.root / name) for name in self._folders]
        counts = map(said_count, [config.root / name for name in self._folders], self._versions)
        self._ends = list(accumulate(counts))
        self._limit = limit
        self.digest = self.listed = state_of(config)

    def __len__(self) -> int:
        return min(self._ends[-1], self._limit or self._ends[-1])

    def words(self, span: range) -> Iterator[Found | Rejection]:
        """The records of a range, and why one cannot be used."""
        for index in span:
            part = bisect_right(self._ends, index)
            number = index - (self._ends[part - 1] if part else 0) + 1
            try:
                yield self._word(part, number)
            except Refused as refused:
                file = self._root / self._folders[part] / DATA
                yield Rejection(str(file), f"{number:09d}", refused.reason, refused.detail)

    def _word(self, part: int, number: int) -> Found:
        name, version = self._folders[part], self._versions[part]
        keys = (image_key(number), label_key(number)) if self._labelled else (image_key(number),)
        image, label = (*fetch(self._root / name, version, keys), b"")[:2]
        if image is None or label is None:
            lacking = "picture" if image is None else "label"
            raise Refused(f"{lacking}_missing", f"`num-samples` counts it, and there is no key for its {lacking}")
        source = self._root.name if name == "." else name
        try:
            return f"{source}/{number:09d}", image, label.decode(), source
        except UnicodeDecodeError as error:
            raise Refused("label_not_text", f"{ascii(label[:200])}: {error.reason}") from error


def state_of(config: WordLmdbSource | UnlabelledSource) -> str:
    """A digest of where the LMDBs lie, of their sizes and times of change.

    Raises:
        FileNotFoundError: there is none.
    """
    root = config.root
    return digest_of([canonical([[root.resolve(), name, *stamp(root / name / DATA)] for name in folders_below(root)])])


def folders_below(root: Path) -> list[str]:
    """Paths at or below the root with a data.mdb, in order.

    Raises:
        FileNotFoundError: there is none.
    """
    found = (
        [folder.relative_to(root).as_posix() for folder, files in walk(root) if DATA in files] if root.is_dir() else []
    )
    if not found:
        raise FileNotFoundError(
            f"{root}: no {DATA} lies there or below; ingest.words.read.source.root says where the LMDBs are"
        )
    return sorted(found)
