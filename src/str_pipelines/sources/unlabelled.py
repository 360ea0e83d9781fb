"""Words without labels, to be learned from as pictures: LMDBs whose labels are not read, or a folder of files."""

from __future__ import annotations

from collections.abc import Iterator

from str_pipelines.execution import Execution
from str_pipelines.records import Refused, Rejection
from str_pipelines.sources.files import check_name
from str_pipelines.sources.labelled import Found
from str_pipelines.sources.pictures import Files, files_below, state_of_files
from str_pipelines.sources.word_config import UnlabelledSource
from str_pipelines.sources.word_lmdbs import WordLmdbs, folders_below
from str_pipelines.sources.word_lmdbs import state_of as state_of_lmdbs


class UnlabelledFiles:
    """The files below a folder, a word each, called by their paths in there."""

    def __init__(self, config: UnlabelledSource, execution: Execution, limit: int | None = None) -> None:
        """List them, or find them listed.

        Raises:
            FileNotFoundError: there is no such folder.
            ValueError: there is no file.
        """
        self._root, self._limit = config.root, limit
        self._files: Files = files_below(config.root, execution)
        self.digest = self.listed = self._files.digest

    def __len__(self) -> int:
        return min(len(self._files), self._limit or len(self._files))

    def words(self, span: range) -> Iterator[Found | Rejection]:
        """The files of a range, with empty labels, and why one cannot be used."""
        for name, data in self._files.read(span):
            try:
                check_name(name, "path")
                if isinstance(data, Refused):
                    raise data
                yield name, data, "", self._root.name
            except Refused as refused:
                yield Rejection(str(self._root), name, refused.reason, refused.detail)


def open_unlabelled(
    config: UnlabelledSource, execution: Execution, limit: int | None = None
) -> WordLmdbs | UnlabelledFiles:
    """The LMDBs at or below the root, or where there is none, the files.

    Raises:
        FileNotFoundError: there is no such folder.
        ValueError: an LMDB is damaged, or there is no file.
    """
    return WordLmdbs(config, limit) if _has_lmdbs(config) else UnlabelledFiles(config, execution, limit)


def state_of(config: UnlabelledSource) -> str:
    """A digest of names, sizes and times of change.

    Raises:
        FileNotFoundError: there is no such folder.
    """
    return state_of_lmdbs(config) if _has_lmdbs(config) else state_of_files(config.root)


def _has_lmdbs(config: UnlabelledSource) -> bool:
    if not config.root.is_dir():
        raise FileNotFoundError(
            f"{config.root}: no such folder; ingest.words.read.source.root says where the pictures are (data/README.md)"
        )
    try:
        return bool(folders_below(config.root))
    except FileNotFoundError:
        return False
