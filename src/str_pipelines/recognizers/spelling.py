"""What a recognizer is taught to write: a label after its normaliser, in the case and the characters of its charset."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from str_pipelines.text.charsets import Charset
from str_pipelines.text.normalisers import Normaliser

Case = Literal["keep", "lower", "upper"]
Outside = Literal["drop", "delete"]
CASES: dict[Case, Callable[[str], str]] = {"keep": str, "lower": str.lower, "upper": str.upper}


REMEMBERED = 500_000
"""Labels, so that a set with millions of different ones does not fill the memory."""


@dataclass(frozen=True)
class Spelling:
    """Raw labels to texts that a network can be taught.

    In this order: the normaliser's rule, the case, and what the charset lacks, which drops the label or is deleted
    from it. Nothing else happens to a label: with the normaliser `raw`, the charset `36` and `keep`, "Word" is
    dropped for its "W".
    """

    normaliser: Normaliser
    charset: Charset
    case: Case = "keep"
    outside: Outside = "drop"
    longest: int = 25

    def __call__(self, label: str) -> tuple[str, str]:
        """The text and an empty reason, or an empty text and why the label is left out.

        Reasons: `label_normalised_away`, `label_outside_charset`, `label_empty`, `label_too_long`.
        """
        text = self.normaliser(label)
        if text is None:
            return "", "label_normalised_away" if label else "label_empty"
        text = CASES[self.case](text)
        if not self.charset.covers(text):
            if self.outside == "drop":
                return "", "label_outside_charset"
            text = "".join(character for character in text if character in self.charset)
        if not text:
            return "", "label_normalised_away" if label else "label_empty"
        return (text, "") if len(text) <= self.longest else ("", "label_too_long")

    def lacking(self, label: str) -> str:
        """The characters of a raw label that the charset has in no case, and those for which it is dropped."""
        text, reason = self(label)
        dropped = self.charset.missing(CASES[self.case](self.normaliser(label) or "")) if reason else ""
        odd = (each for each in label if not self._has(each) and each not in dropped and not each.isspace())
        return dropped + "".join(dict.fromkeys(odd))

    def _has(self, character: str) -> bool:
        return any(case(character) in self.charset for case in (str, str.lower, str.upper))


@dataclass
class Census:
    """What became of the labels of one set."""

    words: int = 0
    kept: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    lacking: Counter[str] = field(default_factory=Counter)
    seen: set[str] = field(default_factory=set)
    longest: int = 0

    @property
    def unlabelled(self) -> bool:
        """Whether there were words, and none but with an empty label or the `###` that stands for none."""
        odd = {"label_normalised_away", "label_outside_charset", "label_too_long"}
        return bool(self.words) and self.seen <= {"#"} and not self.dropped.keys() & odd

    def row(self, name: str, charset: Charset) -> dict[str, Any]:
        """As a row of the report: counts, dropped by reason, characters by how often they were lacking."""
        return {
            "set": name,
            "words": self.words,
            "kept": self.kept,
            "dropped": dict(self.dropped.most_common()),
            "lacking": dict(self.lacking.most_common()),
            "never_seen": "".join(each for each in charset.characters if each not in self.seen),
            "longest": self.longest,
        }


class Register:
    """Judges labels, distinct ones mostly once, and counts what it finds."""

    def __init__(self, spelling: Spelling) -> None:
        self.spelling, self.census = spelling, Census()
        self._judged: dict[str, tuple[str, str]] = {}

    def reason(self, label: str, times: int = 1) -> str:
        """Why a label is left out, or nothing; `times` is for how many words it stands here."""
        if label not in self._judged:
            if len(self._judged) >= REMEMBERED:
                self._judged.clear()
            self._judged[label] = self._judge(label)
        reason, lacking = self._judged[label]
        for character in lacking:
            self.census.lacking[character] += times
        return reason

    def _judge(self, label: str) -> tuple[str, str]:
        text, reason = self.spelling(label)
        self.census.seen.update(text)
        self.census.longest = max(self.census.longest, len(text))
        plain = not reason and self.spelling.charset.covers(label)
        return reason, "" if plain else self.spelling.lacking(label)
