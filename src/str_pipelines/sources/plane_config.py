"""Where words with a second plane come from, a mask or a worse picture: one model a kind, its defaults here alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from str_pipelines.params import Names, Params


class DemoMaskedSource(Params):
    """Words drawn on the spot, whose masks are known; `signs` is the share of them that are numbers and the like."""

    kind: Literal["demo"]
    count: int = Field(default=2000, ge=1)
    signs: float = Field(default=0.3, ge=0, le=1)
    seed: int = Field(default=1, ge=0)


class TextSegSource(Params):
    """TextSeg as it was published: `image`, `semantic_label`, `bpoly_label` and split.json below `root`.

    `splits` are those of split.json. `derived` says what shadows and decorations of letters count as.
    """

    kind: Literal["textseg"]
    root: Path = Path("data/01_raw/TextSeg")
    splits: Names = Field(default=("train", "val", "test"), min_length=1)
    derived: Literal["open", "ground", "text"] = "open"


class DemoPairsSource(Params):
    """Words drawn on the spot and spoiled: of ten, seven in the part `train1`, and each one in easy, medium, hard."""

    kind: Literal["demo"]
    count: int = Field(default=2000, ge=1)
    signs: float = Field(default=0.3, ge=0, le=1)
    seed: int = Field(default=2, ge=0)


class TextZoomSource(Params):
    """TextZoom as it was published: LMDBs called train1, train2, easy, medium and hard, at any depth below `root`."""

    kind: Literal["textzoom"]
    root: Path = Path("data/01_raw/TextZoom")


MaskedSource = DemoMaskedSource | TextSegSource
PairsSource = DemoPairsSource | TextZoomSource
MaskedByKind = Annotated[MaskedSource, Field(discriminator="kind")]
PairsByKind = Annotated[PairsSource, Field(discriminator="kind")]


def masked_source_of(values: dict[str, Any]) -> MaskedSource:
    """The model of a block of parameters, by its `kind`.

    Raises:
        ValueError: nobody knows the kind, or it takes no such parameter.
    """
    found: MaskedSource = TypeAdapter[MaskedSource](MaskedByKind).validate_python(values)
    return found


def pairs_source_of(values: dict[str, Any]) -> PairsSource:
    """The same of pairs.

    Raises:
        ValueError: as `masked_source_of`.
    """
    found: PairsSource = TypeAdapter[PairsSource](PairsByKind).validate_python(values)
    return found


class ReadMaskedParams(Params):
    """What `ingest.masked_words` reads: `limit` stops after so many words of `demo`, photographs of `textseg`;
    `shard_size` is how many of these one worker takes at a time, and never shows in the content."""

    source: MaskedByKind
    limit: int | None = Field(default=None, ge=1)
    shard_size: int = Field(default=256, ge=1)

    def of(self, source: MaskedSource) -> ReadMaskedParams:
        """The same of another source."""
        return self.model_copy(update={"source": source})


class ReadPairsParams(Params):
    """What `ingest.pairs` reads: `limit` stops after so many pairs; `shard_size` as above."""

    source: PairsByKind
    limit: int | None = Field(default=None, ge=1)
    shard_size: int = Field(default=2000, ge=1)

    def of(self, source: PairsSource) -> ReadPairsParams:
        """The same of another source."""
        return self.model_copy(update={"source": source})
