"""Where labelled words come from: one model a kind, its defaults here and nowhere else.

Every source has a `licence`, which the manifest and the card repeat.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, field_validator, model_validator

from str_pipelines.params import Names, Params
from str_pipelines.records import Refused
from str_pipelines.text.nearest import nearest

SEPARATORS = {"tab": b"\t", "blank": b" "}


class DemoWordSource(Params):
    """Words drawn on the spot; `signs` is the share of them that are numbers, prices and the like."""

    kind: Literal["demo"]
    count: int = Field(default=2000, ge=1)
    signs: float = Field(default=0.3, ge=0, le=1)
    seed: int = Field(default=0, ge=0)
    licence: str = "none: drawn here, in fonts under free licences"


class TsvSource(Params):
    """Pictures of words below `root`, and there `listing`: a picture and its label a line.

    The first `separator` of a line ends the path; whatever follows is the label, quotes, blanks and all. A label never
    has a tab; a path has a blank only where the separator is a tab.
    """

    kind: Literal["tsv"]
    root: Path = Path("data/01_raw/words")
    listing: str = "labels.tsv"
    separator: Literal["tab", "blank"] = "tab"
    licence: str = ""


class OdgtSource(Params):
    """Pictures of words below `root`, and there `listing`: a JSON object a line, TextSR's or TextZoom's (`odgt.py`).

    Paths begin at `root`; `prefix` is what they begin with where they were written for another machine.
    """

    kind: Literal["odgt"]
    root: Path = Path("data/01_raw/words")
    listing: str = "syntxt_crop.odgt"
    prefix: str = ""
    licence: str = ""


class WordLmdbSource(Params):
    """An LMDB with the keys `image-%09d`, `label-%09d`, `num-samples`, or any tree of them."""

    kind: Literal["lmdb"]
    root: Path = Path("data/01_raw/words")
    licence: str = ""


class UnlabelledSource(Params):
    """Pictures of words without labels, such as OCR-CC (CCD's URD), Book32, TextVQA and ST-VQA: for `ccd.pretrain`.

    LMDBs at or below `root`, with or without labels, which are not read; or where there is none, every file below it
    but hidden ones, a word each.
    """

    kind: Literal["unlabelled"]
    root: Path = Path("data/01_raw/unlabelled")
    licence: str = ""


class MjSource(Params):
    """MJSynth (Synth90k) as it was published: the tree, or mjsynth.tar.gz itself, of which nothing is unpacked.

    Labels come from the names of the files, with their case. `splits` are those of `annotation_<split>.txt`.
    """

    kind: Literal["mj"]
    root: Path = Path("data/01_raw/mjsynth")
    splits: Names = Field(default=("train", "val", "test"), min_length=1)
    licence: str = "see the authors' page; for research only, unless it says otherwise"


class StSource(Params):
    """SynthText: `root/gt.mat`, as published, and the photographs that it names, whose words are cut out.

    Or `root/SynthText.h5`, which its generator writes, with the photographs inside; `root` may also be the file itself.
    `crop`: `axis_aligned` cuts the upright rectangle around a word, `perspective` lays the word itself upright.
    `upright` turns upright rectangles by quarters, where their text runs down, up or upside down. Of a word that sticks
    out of its photograph the part inside is used, where that is `min_visible` of its area. `mismatched`: photographs
    with more or fewer words than boxes are rejected (`reject`), or their words get boxes by the boxes of characters,
    where there is one a character (`align`). `quality` is that of the JPEGs.
    """

    kind: Literal["st"]
    root: Path = Path("data/01_raw/SynthText")
    crop: Literal["axis_aligned", "perspective"] = "axis_aligned"
    upright: bool = False
    min_visible: float = Field(default=0.9, gt=0, le=1)
    mismatched: Literal["reject", "align"] = "reject"
    quality: int = Field(default=95, ge=1, le=100)
    licence: str = "see the authors' page; for research only, unless it says otherwise"


class PublishedSource(Params):
    """A real set as its authors published it: `name` is one of sources/published/layouts.py, `root` its folder.

    Where words are cut out of photographs, `crop` lays the word itself upright (`quad`; a box that stands upright is
    cut as it is) or takes the upright rectangle around it (`box`). Of a word that sticks out of its photograph the part
    inside is used, where that is `min_visible` of its area. `quality` is that of the JPEGs. `only` is a file with an id
    or the name of a picture a line, for versions that were chosen by hand: other words are turned away. `licence` is
    that of the table of sets, unless you have another one.
    """

    kind: Literal["published"]
    name: str
    root: Path = Path("data/01_raw/words")
    split: str = "test"
    crop: Literal["quad", "box"] = "quad"
    min_visible: float = Field(default=0.9, gt=0, le=1)
    quality: int = Field(default=95, ge=1, le=100)
    only: Path | None = None
    licence: str = ""

    @model_validator(mode="before")
    @classmethod
    def _listed(cls, values: Any) -> Any:
        from str_pipelines.sources.published.layouts import LAYOUTS

        if not isinstance(values, dict):
            return values
        name, split = str(values.get("name", "")), str(values.get("split", "test"))
        if name not in LAYOUTS:
            alike = [each for each in LAYOUTS if each.lower().startswith(name.lower()[:4])] or [nearest(name, LAYOUTS)]
            raise ValueError(f"no set is called {name!r}; did you mean {' or '.join(alike)}?")
        layout = LAYOUTS[name]
        if split not in layout.splits:
            raise ValueError(f"{name} has no split {split!r}; it has {', '.join(layout.splits)}")
        return {**values, "licence": values.get("licence") or layout.licence}


Source = (
    DemoWordSource | TsvSource | OdgtSource | WordLmdbSource | UnlabelledSource | MjSource | StSource | PublishedSource
)
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

    `limit` stops after so many words of the listing; `shard` is one of equal parts of these, 3/16 the fourth of 16,
    which merged in their order are the undivided set. `check`: `decode` decodes every picture to know that it can be,
    `header` looks at its size alone, five times as fast. `shard_size` is how many words one worker takes at a time.
    Where words are cut out of photographs (`st`), `limit` and `shard_size` count photographs, and all are decoded.
    What is less than `min_width` x `min_height` is turned away: 128 x 32 of SynthText is TextSR's SynthText_hr, 256 x
    64 its SynthText_HR.
    """

    source: ByKind
    limit: int | None = Field(default=None, ge=1)
    shard: str | None = None
    check: Literal["decode", "header"] = "decode"
    shard_size: int = Field(default=10_000, ge=1)
    min_width: int = Field(default=1, ge=1)
    min_height: int = Field(default=1, ge=1)

    @property
    def labelled(self) -> bool:
        """Whether every word has to have a label."""
        return not isinstance(self.source, UnlabelledSource)

    @field_validator("shard")
    @classmethod
    def _part(cls, said: str | None) -> str | None:
        number, _, parts = (said or "0/1").partition("/")
        if not (number.isdecimal() and parts.isdecimal() and int(number) < int(parts)):
            raise ValueError(f"{said!r}: i/n is wanted, with i from 0 to n - 1, as 3/16")
        return said

    def span(self, count: int) -> range:
        """Which of `count` listed ones are read: all, or those of the part that `shard` names."""
        number, parts = map(int, (self.shard or "0/1").split("/"))
        return range(count * number // parts, count * (number + 1) // parts)

    def check_size(self, width: int, height: int) -> None:
        """Whether a picture is as large as wanted.

        Raises:
            Refused: `too_small`.
        """
        if width < self.min_width or height < self.min_height:
            raise Refused("too_small", f"{width}x{height}, wanted {self.min_width}x{self.min_height}")

    def of(self, source: Source) -> ReadWordsParams:
        """The same of another source."""
        return self.model_copy(update={"source": source})
