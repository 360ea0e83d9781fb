"""Which records of a set are learned from, which choose the weights, and which are for the test alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from str_pipelines.storage.handles import ROWS, Handle
from str_pipelines.storage.tables import column
from str_pipelines.systems.ccd.config import HeldParams

Places = NDArray[np.int64]
HELD = "held"


class Division(NamedTuple):
    """Places in a set, from 0, ascending; a record is in one of them only. `tests` are those of each part by name."""

    train: Places
    validation: Places
    tests: Mapping[str, Places]


def divide(parts: Sequence[str], usable: NDArray[np.bool_], params: HeldParams) -> Division:
    """By what their part is called: train…, val…, any other is a test of this name; none at all is train.

    Where there is no part for validation or test, a share of train is held out, the same records every time.

    Raises:
        ValueError: there is too little to learn from some and look at others.
    """
    names = np.asarray(parts, object)
    kinds = np.array([_kind(part) for part in parts], object)
    train, validation = (np.flatnonzero(usable & (kinds == kind)) for kind in ("train", "val"))
    tests = {
        name: np.flatnonzero(usable & (names == name)) for name in dict.fromkeys(names[usable & (kinds == "test")])
    }
    if not tests:
        tests[HELD], train = _held(train, params, 2)
    if not len(validation):
        validation, train = _held(train, params, 3)
    if not len(train) or not len(validation):
        raise ValueError(
            f"of {len(parts)} records {len(train)} are to learn from and {len(validation)} to choose by; give more"
        )
    return Division(train, validation[:: -(-len(validation) // params.count)], tests)


def parts_of(records: Handle) -> list[str]:
    """The part of each record, as its sidecar says; empty where that says nothing."""
    files = [folder / ROWS for folder in records.folders()]
    if not all(file.is_file() for file in files):
        return [""] * len(records)
    try:
        return [str(part or "") for part in column(files, "part").to_pylist()]
    except KeyError:
        return [""] * len(records)


def _kind(part: str) -> str:
    return "train" if part.startswith("train") or not part else "val" if part.startswith("val") else "test"


def _held(places: Places, params: HeldParams, seed: int) -> tuple[Places, Places]:
    """(held out, left)."""
    order = np.random.default_rng((len(places), seed)).permutation(len(places))
    count = min(params.count, round(params.share * len(places)) or min(len(places), 1))
    return np.sort(places[order[:count]]), np.sort(places[order[count:]])
