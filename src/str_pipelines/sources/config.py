"""Where photographs come from: one model a kind, its defaults here and nowhere else."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, FiniteFloat, TypeAdapter

from str_pipelines.params import Names, Params


def _numbers(value: object) -> object:
    """A string as the numbers in it, anything else as it is; four or eight of them."""
    try:
        box = [float(word) for word in value.split()] if isinstance(value, str) else value
    except ValueError:
        box = None
    if not isinstance(box, list | tuple) or len(box) not in (4, 8):
        raise ValueError(f"{value!r}: four numbers are wanted, or eight for a quad, as in box='120 80 260 130'")
    return tuple(box)


Box = Annotated[tuple[FiniteFloat, ...], BeforeValidator(_numbers)]


class DemoSource(Params):
    """Photographs that come with scikit-image and Matplotlib, with places for words given by hand."""

    kind: Literal["demo"]


class BenchmarkSource(Params):
    """TextSSR's layout: `root/<set>/{images/, test.json}`, and `parts.json` where a `part` is asked for."""

    kind: Literal["benchmark"]
    root: Path = Path("data/01_raw/benchmark")
    sets: Names = ("ic13", "ic15")
    part: str | None = None


class FolderSource(Params):
    """Every JPEG, PNG, BMP and WebP below `root`, without annotations: the finder places the words."""

    kind: Literal["folder"]
    root: Path = Path("data/01_raw/photographs")


class PhotographSource(Params):
    """One picture and one box in it: `left top right bottom`, or x and y of four corners in the order of reading."""

    kind: Literal["photograph"]
    path: Path
    box: Box


class AnyWordSource(Params):
    """AnyWord-3M: `root/<set>/{data_v1.1.json, imgs/}`.

    `listings` are patterns below `root`; what an earlier one lists, a later one does not list again. `images` is the
    folder of photographs beside a listing. Photographs with a greater `wm_score` than `max_wm_score` are rejected as
    watermarked (0.5: AnyText's advice). `subset` takes the sets for one of TextSSR's two steps, whose folders `step1`
    and `step2` match, and `longest` leaves out longer texts, which TextSSR's own loader cannot take (25 characters).
    """

    kind: Literal["anyword"]
    root: Path = Path("data/01_raw/anyword")
    listings: Names = ("*/data_v1.1.json", "*/data.json")
    images: str = "imgs"
    max_wm_score: float = Field(default=0.5, ge=0, le=1)
    subset: Literal["all", "step1", "step2"] = "all"
    step1: Names = ("laion*", "wukong*")
    step2: Names = ("OCR_*",)
    longest: int | None = Field(default=None, ge=1)

    def takes(self, folder: str) -> bool:
        """Whether the set in this folder below the root belongs to `subset`."""
        wanted = {"all": ("*",), "step1": self.step1, "step2": self.step2}[self.subset]
        return any(fnmatch(folder.casefold(), pattern.casefold()) for pattern in wanted)


class LmdbSource(Params):
    """TextSSR's AnyWord-lmdb, or any tree of LMDBs with the keys `image-<id>` and `annotations-<id>`."""

    kind: Literal["lmdb"]
    root: Path = Path("data/01_raw/anyword_lmdb")


Source = DemoSource | BenchmarkSource | FolderSource | PhotographSource | AnyWordSource | LmdbSource
ByKind = Annotated[Source, Field(discriminator="kind")]


def source_of(values: dict[str, Any]) -> Source:
    """The model of a block of parameters, by its `kind`.

    Raises:
        ValueError: nobody knows the kind, or it takes no such parameter.
    """
    found: Source = TypeAdapter[Source](ByKind).validate_python(values)
    return found


class ScenesParams(Params):
    """What `ingest.scenes` reads, and how much of it.

    `limit` stops after so many photographs of the listing; `shard_size` is how many of them one worker takes at a time:
    8 where a finder looks at each, otherwise 64.
    """

    source: ByKind
    limit: int | None = Field(default=None, ge=1)
    shard_size: int | None = Field(default=None, ge=1)

    @property
    def shard(self) -> int:
        """`shard_size`, or what is usual for the source."""
        return self.shard_size or (8 if isinstance(self.source, FolderSource) else 64)

    def of(self, source: Source) -> ScenesParams:
        """The same of another source."""
        return self.model_copy(update={"source": source})
