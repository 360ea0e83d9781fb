"""The published sets that can be read, by name: names are those of the benchmark registry, where it has the set."""

from __future__ import annotations

from str_pipelines.sources.published import svt
from str_pipelines.sources.published.entry import Layout

RESEARCH = "for research, not commercial"
UNKNOWN = "none stated by the authors"

LAYOUTS: dict[str, Layout] = {
    "SVT": Layout(svt.entries, {"train": ("train.xml",), "test": ("test.xml",)}, UNKNOWN),
}
