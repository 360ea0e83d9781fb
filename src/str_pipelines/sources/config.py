"""Where photographs come from: one model a kind, its defaults here and nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from str_pipelines.params import Names, Params


class DemoSource(Params):
    """Photographs that come with scikit-image and Matplotlib, with places for words given by hand."""

    kind: Literal["demo"]


class BenchmarkSource(Params):
    """TextSSR's layout: `root/<set>/{images/, test.json}`, and `parts.json` where a `part` is asked for."""

    kind: Literal["benchmark"]
    root: Path = Path("data/01_raw/benchmark")
    sets: Names = ("ic13", "ic15")
    part: str | None = None


class ScenesParams(Params):
    """What `ingest.scenes` reads, and how much of it.

    `limit` stops after so many photographs; `shard_size` is how many of them one worker takes at a time.
    """

    source: Annotated[DemoSource | BenchmarkSource, Field(discriminator="kind")]
    limit: int | None = Field(default=None, ge=1)
    shard_size: int = Field(default=64, ge=1)
