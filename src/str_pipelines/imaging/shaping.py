"""Which texts must be shaped as a whole, which run from right to left, and which may stand in a column."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from PIL import features

from str_pipelines.records import Refused

SHAPES = bool(features.check_feature("raqm"))
"""Whether this Pillow has raqm and finds FriBiDi, which it opens at run time."""

JOINERS = "\u200c\u200d"  # say whether their neighbours join, and have no ink
_JOINED = re.compile("[\u1100-\u11ff\u1800-\u18af\ua840-\ua87f]")  # Hangul jamo, Mongolian, Phags-pa: letters, no marks
_STRONG = {"L": False, "R": True, "AL": True}
_NUMBER = frozenset(("EN", "AN"))
_VIRAMA = 9  # the combining class of signs that take a letter's vowel, and so tie it to the next one


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text, from its character `start` on, that is drawn in one go; `rtl`: from right to left."""

    text: str
    start: int
    rtl: bool
    joined: bool


@lru_cache(maxsize=4096)
def is_joined(text: str) -> bool:
    """Whether letters change with their neighbours, or marks stand on them: Arabic, Devanagari, Thai, Hebrew, …"""
    if text.isascii():
        return False
    return any(_STRONG.get(unicodedata.bidirectional(c)) or _is_mark(c) or _JOINED.match(c) for c in text)


def is_stacked(text: str) -> bool:
    """Whether a column of upright characters is how the text runs downwards: Chinese, Japanese, Korean."""
    return any(unicodedata.east_asian_width(c) in "WF" for c in text) and not is_joined(text)


def require_shaping(text: str) -> None:
    """Raises Refused (`needs_raqm`) where the text must be shaped and this machine cannot."""
    if not SHAPES and is_joined(text):
        raise Refused(
            "needs_raqm", f"{text!r} must be shaped; install FriBiDi (apt-get install libfribidi0) for Pillow"
        )


def room_taken(text: str) -> int:
    """How many characters take room along the line: marks stand above or below others, joiners nowhere."""
    return sum(unicodedata.category(c) not in ("Mn", "Me") and c not in JOINERS for c in text)


@lru_cache(maxsize=4096)
def visual_runs(text: str) -> tuple[Run, ...]:
    """The text in runs of one direction, from left to right as they are seen.

    The first letter tells which way the line runs (rule P2 of UAX #9); numbers and foreign words in it run their own
    way, and what has no direction, such as blanks between them, that of the line.
    """
    if text.isascii():
        return (Run(text, 0, False, False),)
    base = next((rtl for c in text if (rtl := _STRONG.get(unicodedata.bidirectional(c))) is not None), False)
    runs = [Run(text[i:j], i, rtl, is_joined(text[i:j])) for i, j, rtl in _spans(_directions(text, base))]
    return tuple(runs[::-1] if base else runs)


def clusters(text: str) -> list[int]:
    """Where each cluster begins: a letter with its marks, and letters that a virama ties together."""
    starts = []
    for place, character in enumerate(text):
        before = text[place - 1] if place else ""
        tied = before == "\u200d" or (before and unicodedata.combining(before) == _VIRAMA and character.isalpha())
        if not place or not (tied or _is_mark(character) or character in JOINERS):
            starts.append(place)
    return starts


def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M"


def _directions(text: str, base: bool) -> list[bool]:
    """For each character whether it runs from right to left; neutral ones between two of a kind are of that kind."""
    kinds = _kinds(text, base)
    known = [base if kind in _NUMBER else _STRONG.get(kind) for kind in kinds]  # numbers run with the line (rule N1)
    before = list(accumulate(known, lambda last, here: last if here is None else here, initial=base))[1:]
    after = list(accumulate(reversed(known), lambda last, here: last if here is None else here, initial=base))[:0:-1]
    return [
        (b if b == a or kind == "NSM" else base) and kind not in _NUMBER  # a mark goes with what it stands on
        for kind, b, a in zip(kinds, before, after, strict=True)
    ]


def _kinds(text: str, base: bool) -> list[str]:
    """The bidirectional class of each character; signs in a number (12:30, 50%) are of the number's, and a number
    behind Latin letters is of theirs (rules W4, W5, W7)."""
    kinds = [unicodedata.bidirectional(c) for c in text]
    for place, kind in enumerate(kinds):
        beside = [other in _NUMBER for other in (*kinds[max(0, place - 1) : place], *kinds[place + 1 : place + 2])]
        if (kind == "ET" and any(beside)) or (kind in ("CS", "ES") and beside == [True, True]):
            kinds[place] = "EN"
    last = "R" if base else "L"
    for place, kind in enumerate(kinds):
        last = kind if kind in _STRONG else last
        kinds[place] = "L" if kind == "EN" and last == "L" else kind
    return kinds


def _spans(directions: list[bool]) -> Iterator[tuple[int, int, bool]]:
    start = 0
    for place, rtl in enumerate(directions):
        if place + 1 == len(directions) or directions[place + 1] != rtl:
            yield start, place + 1, rtl
            start = place + 1
