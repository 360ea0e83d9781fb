"""What annotations in JSON have in common: polygons, texts, and how their authors mark what nobody could read."""

from __future__ import annotations

from typing import Any

import numpy as np

from str_pipelines.records import Refused
from str_pipelines.sources.published.entry import Points

TRUE_SIGNS = ("LocaL#3", "#Find YOUR Fun#", "Story #", "*0#")
"""Labels of ArT and LSVT in which a number sign is one: PARSeq's authors looked at all."""


def illegible(label: str) -> tuple[str, str]:
    """The refusal of a word that its annotators marked so."""
    return "illegible", f"marked so by the annotators: {label[:50]!a}"


def by_signs(label: str) -> tuple[str, str] | None:
    """The refusal of a label with number signs, which stand for what could not be read of it; None for all others."""
    return illegible(label) if "#" in label and label not in TRUE_SIGNS else None


def value_of(record: Any, key: str) -> Any:
    """The value of a key; None where there is no key or no object."""
    return record.get(key) if isinstance(record, dict) else None


def text_of(record: Any, key: str) -> str:
    """The text of a key.

    Raises:
        Refused: `record_malformed` where it is none.
    """
    text = value_of(record, key)
    if not isinstance(text, str):
        raise Refused("record_malformed", f"it has no {key}")
    return text


def polygon_of(points: Any) -> Points:
    """(N, 2) of [[x, y], …] or [x, y, …].

    Raises:
        Refused: `polygon_missing`, `polygon_malformed`.
    """
    if points is None:
        raise Refused("polygon_missing", "it says what is written, and not where")
    try:
        with np.errstate(over="ignore"):  # infinite, which is refused where it is cut
            return np.array(points, np.float32).reshape(-1, 2)
    except (TypeError, ValueError, OverflowError) as error:
        raise Refused("polygon_malformed", f"{points!r:.200}: numbers in pairs are wanted") from error
