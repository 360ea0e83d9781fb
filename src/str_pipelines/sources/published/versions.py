"""Which labels are in a version of a set, where a rule says so."""

from __future__ import annotations


def letters_and_digits(label: str) -> bool:
    """The 1,015 of ICDAR 2013: nothing but ASCII letters and digits."""
    return label.isascii() and label.isalnum()


def three_letters_and_digits(label: str) -> bool:
    """The 857 of ICDAR 2013 and the 867 of ICDAR 2003: three of them and more."""
    return letters_and_digits(label) and len(label) >= 3
