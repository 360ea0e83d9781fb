"""Label normalisers: what each tool of the field makes of a label before it trains on it or scores it.

They differ in what they drop, so the counts of the same set differ too: record `Normaliser.versioned` with each result.
The raw label is what is stored; a normaliser works when it is read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from str_pipelines.text.charsets import CHARSETS
from str_pipelines.text.nearest import nearest

MAX_LENGTH = 25
"""The longest label that the recognizers of the field are trained on."""

ASTER_MAX_LENGTH = 99
"""ASTER's 100 time steps less the end of the sequence."""

UNKNOWN = "\N{REPLACEMENT CHARACTER}"
"""Stands for a character that ASTER encodes as UNKNOWN."""

NOT_36 = re.compile("[^0-9a-z]")
NOT_62 = re.compile("[^0-9A-Za-z]")
NOT_94 = re.compile(f"[^{re.escape(CHARSETS['94'].characters)}]")
NOT_CCD = re.compile("[^0-9a-z\u4e00-\u9fa5]")

TYPOGRAPHIC = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc\u00b4", "'")  # ‘ ’ ‚ ‛ ′ ʼ ´
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u2033", '"')  # “ ” „ ‟ ″
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")  # ‐ ‑ ‒ – — ― −
)


def raw(label: str) -> str:
    """Return the label as it is."""
    return label


def dt36(label: str) -> str | None:
    """Lower-case, delete all but 0-9a-z: deep-text-recognition-benchmark with its filter off.

    Where the reference fails on an empty or over-long rest, the label is dropped.
    """
    return _of_length(NOT_36.sub("", label.lower()), MAX_LENGTH)


def dt36_filter(label: str) -> str | None:
    """Lower-case; drop what is longer than 25 or has anything but 0-9a-z: deep-text-recognition-benchmark's default."""
    lower = label.lower()
    return None if NOT_36.search(lower) or len(label) > MAX_LENGTH else lower or None


def dt94(label: str) -> str | None:
    """Delete all but the 94 printable characters: deep-text-recognition-benchmark, case-sensitive, filter off.

    The reference builds its pattern unescaped, so that `]`, `\\`, `^` and `-` go wrong; here they are kept.
    """
    return _of_length(NOT_94.sub("", label), MAX_LENGTH)


def parseq36(label: str) -> str | None:
    """Make a PARSeq label (see `to_ascii`), lower-case it, delete all but 0-9a-z; drop an empty rest."""
    text = to_ascii(label)
    return None if len(text) > MAX_LENGTH else NOT_36.sub("", text.lower()) or None


def parseq94(label: str) -> str | None:
    """Make a PARSeq label (see `to_ascii`), delete all but the 94 printable characters; drop an empty rest."""
    text = to_ascii(label)
    return None if len(text) > MAX_LENGTH else NOT_94.sub("", text) or None


def abinet36(label: str) -> str | None:
    """Delete all but 0-9a-zA-Z, lower-case; drop what is then empty or longer than 25: ABINet, and BINet after it."""
    return _of_length(NOT_62.sub("", label).lower(), MAX_LENGTH)


def ccd(label: str) -> str:
    """Lower-case, keep 0-9a-z and U+4E00-U+9FA5: CCD's rule for scoring. Nothing is dropped; the rest may be empty.

    The reference keeps "^" too, by a slip in its pattern.
    """
    return NOT_CCD.sub("", label.lower())


def aster(label: str) -> str | None:
    """Put `UNKNOWN` for all but the 94 printable characters; drop the empty and the longer than 99: aster.pytorch."""
    return _of_length(NOT_94.sub(UNKNOWN, label), ASTER_MAX_LENGTH)


def alnum(label: str) -> str:
    """Keep 0-9a-z of the lower-cased text: how the field compares words. Nothing is dropped; the rest may be empty."""
    return NOT_36.sub("", label.lower())


def to_ascii(label: str) -> str:
    """Remove white space and make compatible characters ASCII (NFKD): "Ｃａｆé ½" becomes "Cafe1/2".

    Other characters are deleted, as in PARSeq, but curly quotes, primes, dashes and the bar of a fraction, which
    PARSeq deletes too, become their ASCII forms, and white space that NFKD brings in (U+00A8) does not count.
    """
    if label.isascii():  # most are, and nothing below would change them
        return "".join(label.split())
    text = unicodedata.normalize("NFKD", label.translate(TYPOGRAPHIC))
    text = text.replace("\N{FRACTION SLASH}", "/")  # NFKD makes one of each vulgar fraction
    return "".join(text.encode("ascii", "ignore").decode("ascii").split())


def _of_length(label: str, longest: int) -> str | None:
    return label if 0 < len(label) <= longest else None


@dataclass(frozen=True)
class Normaliser:
    """A rule with its name and version. Called with a label it returns the label to use, or None to drop it."""

    name: str
    version: int
    rule: Callable[[str], str | None]

    def __call__(self, label: str) -> str | None:
        return self.rule(label)

    @property
    def versioned(self) -> str:
        """What to record with a result, such as "parseq36@1"; `normaliser` takes it back."""
        return f"{self.name}@{self.version}"


NORMALISERS = {
    each.name: each
    for each in (
        Normaliser("raw", 1, raw),
        Normaliser("dt36", 1, dt36),
        Normaliser("dt36-filter", 1, dt36_filter),
        Normaliser("dt94", 1, dt94),
        Normaliser("parseq36", 1, parseq36),
        Normaliser("parseq94", 1, parseq94),
        Normaliser("abinet36", 1, abinet36),
        Normaliser("ccd", 1, ccd),
        Normaliser("aster", 1, aster),
        Normaliser("alnum", 1, alnum),
    )
}
"""By name. Whoever changes what a rule returns raises its version."""


def normaliser(name: str) -> Normaliser:
    """Return a normaliser by its name ("parseq36") or its recorded one ("parseq36@1").

    Raises:
        ValueError: the name is unknown, or recorded with a version that this package does not have.
    """
    plain = name.partition("@")[0]
    if plain not in NORMALISERS:
        raise ValueError(f"no normaliser is called {plain!r}; did you mean {nearest(plain, NORMALISERS)!r}?")
    found = NORMALISERS[plain]
    if name not in (found.name, found.versioned):
        raise ValueError(f"normaliser {name!r} is not here but {found.versioned!r}, and their results do not compare")
    return found
