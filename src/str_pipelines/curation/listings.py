"""A folder of pictures with a listing of their labels, as `ingest.words` reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from str_pipelines.curation.pictures import size_allowed
from str_pipelines.execution import Execution
from str_pipelines.records import Refused, Rejection, Word
from str_pipelines.sources.labelled import Labelled
from str_pipelines.sources.word_config import OdgtSource, TsvSource


@dataclass(frozen=True)
class ListedWords:
    """Words whose ids are the paths of their pictures below the folder of the listing."""

    config: TsvSource | OdgtSource
    execution: Execution
    listed: str
    digest: str
    count: int

    @classmethod
    def at(cls, listing: Path, execution: Execution) -> ListedWords:
        """The words of an odgt, or of a listing in which a tab ends a path, or a blank if the first line has no tab."""
        config = _config(listing)
        found = Labelled(config, execution)
        return cls(config, execution, found.listed, found.digest, len(found))

    @property
    def name(self) -> str:
        """That of the folder."""
        return self.config.root.name

    def __len__(self) -> int:
        return self.count

    def words(self, places: Sequence[int]) -> Iterator[Word | Rejection]:
        """See `WordSet`; places without a gap."""
        for found in _labelled(self).words(range(places[0], places[-1] + 1)):
            if isinstance(found, Rejection):
                yield found
                continue
            name, image, label, source = found
            try:
                yield Word(name, image, label, size_allowed(image), source)
            except Refused as refused:
                yield Rejection(source, name, refused.reason, refused.detail)


def _config(listing: Path) -> TsvSource | OdgtSource:
    if listing.suffix.lower() == ".odgt":
        return OdgtSource(kind="odgt", root=listing.parent, listing=listing.name)
    with listing.open("rb") as file:
        separator = "tab" if b"\t" in file.readline(1 << 16) else "blank"
    return TsvSource.model_validate(
        {"kind": "tsv", "root": listing.parent, "listing": listing.name, "separator": separator}
    )


@lru_cache(maxsize=1)
def _labelled(words: ListedWords) -> Labelled:
    """The listing as it was when the command began, its index read once a process."""
    found = Labelled(words.config, words.execution)
    if found.listed != words.listed:
        raise ValueError(f"{words.config.root / words.config.listing} has changed meanwhile; run the command again")
    return found
