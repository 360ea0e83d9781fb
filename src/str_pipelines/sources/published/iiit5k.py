"""IIIT5K-Words: `testdata.mat` and `traindata.mat`, parsed by a process of their own, beside `test/` and `train/`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from str_pipelines.records import Rejection
from str_pipelines.sources.child import rows_from
from str_pipelines.sources.published.entry import Entry
from str_pipelines.sources.published.texts import check_size

PARSER = "str_pipelines.sources.published.iiit5k_mat"
MAT_BYTES, SECONDS = 64 << 20, 120.0


def entries(root: Path, split: str) -> Iterator[Entry | Rejection]:
    """The words of a split; ids are their pictures, `test/1002_1.png`."""
    listing = root / f"{split}data.mat"
    check_size(listing, MAT_BYTES)
    for row in rows_from(PARSER, listing, f"{listing}: no MATLAB file of IIIT5K that can be read", SECONDS):
        if row["fault"]:
            yield Rejection(str(listing), f"word {row['place']}", row["fault"], row["detail"])
        else:
            yield Entry(row["picture"], row["picture"], row["label"])
