"""Guess which name was meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: str, names: Iterable[str]) -> str:
    """Return the one of `names` (at least one) that looks most like `name`; upper and lower case look alike.

    >>> nearest("Parsec36", ["raw", "parseq36", "parseq94"])
    'parseq36'
    """
    by_lower = {each.lower(): each for each in names}
    return by_lower[difflib.get_close_matches(name.lower(), list(by_lower), n=1, cutoff=0)[0]]
