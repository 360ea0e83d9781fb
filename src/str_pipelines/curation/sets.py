"""A set of words in whatever form it lies on disk, and which form that is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from str_pipelines.curation.forms import ODGT
from str_pipelines.curation.listings import ListedWords
from str_pipelines.curation.lmdbs import find_lmdbs
from str_pipelines.curation.parquets import ParquetWords
from str_pipelines.curation.tars import TarWords
from str_pipelines.execution import Execution
from str_pipelines.records import Rejection, Word
from str_pipelines.storage.manifests import DATA, NAME

LISTINGS = ("labels.tsv", "gt.txt", ODGT)
WANTED = (
    "a word LMDB or a tree of them, a listing (.tsv, .txt, .odgt) of pictures with their labels, WebDataset's .tar or "
    "a folder of them, or Hugging Face's .parquet or a folder with data/*.parquet"
)


class WordSet(Protocol):
    """Words in an order that does not change. Picklable, as every worker reads its own range."""

    @property
    def name(self) -> str:
        """What rejections call it."""
        ...

    @property
    def digest(self) -> str:
        """Changes when a record may have changed."""
        ...

    def __len__(self) -> int: ...

    def words(self, places: Sequence[int]) -> Iterator[Word | Rejection]:
        """The words at these places (from 0, ascending), and why one cannot be used."""
        ...


def open_sets(path: Path, execution: Execution, plane: str | None = None) -> Sequence[WordSet]:
    """The sets at `path`: one, or as many as there are LMDBs below it, `plane` saying which of their pictures.

    Raises:
        FileNotFoundError: there is nothing of the kind.
        ValueError: it cannot be read.
    """
    if path.is_file():
        return [_of_file(path, execution)]
    if (path / NAME).is_file() or (path / DATA).is_file():
        return find_lmdbs(path, plane)
    for name in LISTINGS:
        if (path / name).is_file():
            return [ListedWords.at(path / name, execution)]
    if tars := sorted(path.glob("*.tar")):
        return [TarWords.at(tars, path.name, execution)]
    if parquets := sorted(path.glob("data/*.parquet")):
        return [ParquetWords.at(parquets, path.name)]
    if found := find_lmdbs(path, plane):
        return found
    raise FileNotFoundError(f"{path}: nothing to read there; wanted is {WANTED}")


def _of_file(path: Path, execution: Execution) -> WordSet:
    match path.suffix.lower():
        case ".tsv" | ".txt" | ".odgt":
            return ListedWords.at(path, execution)
        case ".tar":
            return TarWords.at([path], path.stem, execution)
        case ".parquet":
            return ParquetWords.at([path], path.stem)
        case ".gz" | ".tgz" | ".bz2" | ".xz" | ".zst":
            raise ValueError(f"{path}: compressed, and is read from many places at once; unpack it to .tar first")
    raise ValueError(f"{path}: unknown; wanted is {WANTED}")
