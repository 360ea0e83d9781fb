"""Texts as they stand on signs, besides plain words: numbers, prices, times, codes, words with marks around them."""

from __future__ import annotations

import string
from collections.abc import Callable, Sequence

import numpy as np

LETTERS = string.ascii_uppercase
CURRENCIES = "$$$£€"
ENDS = (".", ",", "!", "?", ":", "'s", "...", "%", "&", "-", ")", '"', ";", "*", "+")
STARTS = ("(", '"', "#", "@", "$", "&", "*", "+", "'", "[")
LINKS = ("-", "/", "&", ".", "'", "@", "_", ":")
HOSTS = (".com", ".org", ".net", ".co.uk", ".de", ".sg", ".edu")


def sign_text(words: Sequence[str], rng: np.random.Generator) -> str:
    """A text of one of these kinds; a charset may lack some of its characters.

    Args:
        words: what words are taken from.
    """
    kind = KINDS[int(rng.choice(len(KINDS), p=SHARES))]
    return kind(words, rng)


def _number(words: Sequence[str], rng: np.random.Generator) -> str:
    return _digits(rng, 1, 5)


def _price(words: Sequence[str], rng: np.random.Generator) -> str:
    amount = f"{_digits(rng, 1, 4)}{_one('.,.', rng)}{_digits(rng, 2, 3)}"
    return _one(CURRENCIES, rng) + amount if rng.random() < 0.7 else amount


def _share(words: Sequence[str], rng: np.random.Generator) -> str:
    return _digits(rng, 1, 3) + "%"


def _time(words: Sequence[str], rng: np.random.Generator) -> str:
    clock = f"{rng.integers(24)}{_one(':.', rng)}{rng.integers(60):02d}"
    return clock + _one(("", "", "am", "pm", "h"), rng)


def _date(words: Sequence[str], rng: np.random.Generator) -> str:
    mark = _one("/.-", rng)
    return f"{rng.integers(1, 32)}{mark}{rng.integers(1, 13):02d}{mark}{rng.integers(1900, 2031)}"


def _telephone(words: Sequence[str], rng: np.random.Generator) -> str:
    return _one("-. ", rng).strip().join(_digits(rng, 3, 5) for _ in range(int(rng.integers(2, 4))))


def _code(words: Sequence[str], rng: np.random.Generator) -> str:
    """Letters and digits: rooms, number plates, levels."""
    letters = "".join(_one(LETTERS, rng) for _ in range(int(rng.integers(1, 4))))
    return (
        letters + _one(("", "-", ""), rng) + _digits(rng, 1, 4) if rng.random() < 0.7 else _digits(rng, 1, 4) + letters
    )


def _letters(words: Sequence[str], rng: np.random.Generator) -> str:
    """Any letters: what no lexicon has is read letter by letter."""
    text = "".join(_one(LETTERS, rng) for _ in range(int(rng.integers(1, 8))))
    return text.lower() if rng.random() < 0.3 else text


def _marked(words: Sequence[str], rng: np.random.Generator) -> str:
    word = _word(words, rng)
    return word + _one(ENDS, rng) if rng.random() < 0.7 else _one(STARTS, rng) + word


def _linked(words: Sequence[str], rng: np.random.Generator) -> str:
    return _word(words, rng) + _one(LINKS, rng) + _word(words, rng)


def _address(words: Sequence[str], rng: np.random.Generator) -> str:
    return _one(("www.", "", ""), rng) + _word(words, rng).lower() + _one(HOSTS, rng)


KINDS: tuple[Callable[[Sequence[str], np.random.Generator], str], ...] = (
    _number, _price, _share, _time, _date, _telephone, _code, _letters, _marked, _linked, _address,
)  # fmt: skip
SHARES = (0.22, 0.06, 0.04, 0.04, 0.03, 0.05, 0.14, 0.12, 0.18, 0.07, 0.05)


def _digits(rng: np.random.Generator, least: int, most: int) -> str:
    """From `least` to `most` - 1 digits."""
    return "".join(str(digit) for digit in rng.integers(0, 10, int(rng.integers(least, most))))


def _word(words: Sequence[str], rng: np.random.Generator) -> str:
    word = _one(words, rng)
    return _one((word, word.upper(), word.capitalize(), word.lower()), rng)


def _one(choices: Sequence[str], rng: np.random.Generator) -> str:
    return choices[int(rng.integers(len(choices)))]
