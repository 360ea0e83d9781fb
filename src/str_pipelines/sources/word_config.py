"""Where labelled words come from: one model a kind, its defaults here and nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from str_pipelines.params import Params

SEPARATORS = {"tab": b"\t", "blank": b" "}


class DemoWordSource(Params):
    """Words drawn on the spot; `signs` is the share of them that are numbers, prices and the like."""

    kind: Literal["demo"]
    count: int = Field(default=2000, ge=1)
    signs: float = Field(default=0.3, ge=0, le=1)
    seed: int = Field(default=0, ge=0)


class TsvSource(Params):
    """Pictures of words below `root`, and there `listing`: a picture and its label a line.

    The first `separator` of a line ends the path; whatever follows is the label, quotes, blanks and all. A label never
    has a tab; a path has a blank only where the separator is a tab.
    """

    kind: Literal["tsv"]
    root: Path = Path("data/01_raw/words")
    listing: str = "labels.tsv"
    separator: Literal["tab", "blank"] = "tab"


class WordLmdbSource(Params):
    """An LMDB with the keys `image-%09d`, `label-%09d`, `num-samples`, or any tree of them."""

    kind: Literal["lmdb"]
    root: Path = Path("data/01_raw/words")


Source = DemoWordSource | TsvSource | WordLmdbSource
ByKind = Annotated[Source, Field(discriminator="kind")]


def word_source_of(values: dict[str, Any]) -> Source:
    """The model of a block of parameters, by its `kind`.

    Raises:
        ValueError: nobody knows the kind, or it takes no such parameter.
    """
    found: Source = TypeAdapter[Source](ByKind).validate_python(values)
    return found


class ReadWordsParams(Params):
    """What `ingest.words` reads, and how much of it.

    `limit` stops after so many words of the listing. `check`: `decode` decodes every picture to know that it can be,
    `header` looks at its size alone, five times as fast. `shard_size` is how many words one worker takes at a time.
    """

    source: ByKind
    limit: int | None = Field(default=None, ge=1)
    check: Literal["decode", "header"] = "decode"
    shard_size: int = Field(default=10_000, ge=1)

    def of(self, source: Source) -> ReadWordsParams:
        """The same of another source."""
        return self.model_copy(update={"source": source})
