"""Charsets: which characters a network can read, in the order of its classes."""

from __future__ import annotations

import hashlib
import re
import string
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from str_pipelines.text.lines import read_lines
from str_pipelines.text.nearest import nearest

FILE_LIMIT = 1_000_000
"""Bytes of a charset file; all of Unicode's ideographs take a third of it."""


@dataclass(frozen=True)
class Charset:
    """Distinct characters (code points) in the order of a network's classes, without its special tokens."""

    name: str
    characters: str

    def __post_init__(self) -> None:
        if not self.characters or len(self._indices) < len(self.characters):
            raise ValueError(f"charset {self.name}: needs one or more characters, each of them once")

    @cached_property
    def _indices(self) -> dict[str, int]:
        return {character: index for index, character in enumerate(self.characters)}

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the characters in their order; the name does not count."""
        return hashlib.sha256(self.characters.encode()).hexdigest()

    def __len__(self) -> int:
        return len(self.characters)

    def __contains__(self, character: object) -> bool:
        return character in self._indices

    def index(self, character: str) -> int:
        """Return the place of a character, from 0. Raises ValueError where it has none."""
        if character not in self._indices:
            raise ValueError(f"charset {self.name} has no {character!r}")
        return self._indices[character]

    def covers(self, text: str) -> bool:
        """Tell whether each character of the text is in the charset; of an empty text they all are."""
        return all(character in self._indices for character in text)

    def missing(self, text: str) -> str:
        """Return the characters of the text that the charset lacks, each once, in the order of the text."""
        return "".join(dict.fromkeys(character for character in text if character not in self._indices))


CHARSETS = {
    charset.name: charset
    for charset in (
        Charset("36", string.digits + string.ascii_lowercase),
        Charset("62", string.digits + string.ascii_letters),
        Charset("94", string.digits + string.ascii_letters + string.punctuation),
    )
}
"""The charsets of the field in PARSeq's order: digits, lower case, upper case, punctuation; none has the space."""


def load_charset(name_or_path: str) -> Charset:
    """Return a charset by its name ("36", "62", "94") or from a file; a file named like a charset is `./36`.

    A file is UTF-8 in one of three forms: one character a line; all characters on one line (its spaces count);
    or `index<TAB>character` lines as in CCD's charset_36.txt, with indices 0, 1, 2, … or 1, 2, 3, ….

    Raises:
        FileNotFoundError: what looks like a path leads nowhere.
        ValueError: the name is unknown, or the file is too large, not UTF-8, empty, or has a line that says
            something else, a character twice or a control character.
    """
    path = Path(name_or_path)
    if name_or_path in CHARSETS:
        return CHARSETS[name_or_path]
    if not path.is_file() and path.name == name_or_path and not path.suffix:
        meant = nearest(name_or_path, CHARSETS)
        raise ValueError(f"no charset and no file is called {name_or_path!r}; did you mean {meant!r}?")
    return Charset(path.name, read_characters(path))


def read_characters(path: Path) -> str:
    """Return the characters of a charset file in their order; `load_charset` has the forms and errors."""
    lines = read_lines(path, FILE_LIMIT)
    if not lines:
        raise ValueError(f"{path}: the charset is empty")
    seen: dict[str, int] = {}
    for number, entry in _entries(lines, path):
        problem = _problem(entry)
        if entry in seen:
            problem = f"{entry!r} is there already, on line {seen[entry]}"
        if problem:
            raise ValueError(f"{path}, line {number}: {problem}")
        seen[entry] = number
    return "".join(seen)


def _entries(lines: list[str], path: Path) -> list[tuple[int, str]]:
    """Return (line number from 1, what should be one character) for any of the three forms."""
    if any("\t" in line for line in lines):
        return _indexed(lines, path)
    if len(lines) == 1:
        return [(1, character) for character in lines[0]]
    return list(enumerate(lines, start=1))


def _indexed(lines: list[str], path: Path) -> list[tuple[int, str]]:
    entries: list[tuple[int, str]] = []
    first = 1 if lines[0].startswith("1\t") else 0
    for number, line in enumerate(lines, start=1):
        index, _, character = line.partition("\t")
        expected = first + number - 1
        # int() would also take "1_0", " 1" and the digits of other scripts
        if not re.fullmatch(r"[0-9]{1,9}", index) or int(index) != expected:
            raise ValueError(f"{path}, line {number}: should be {expected}, a tab and a character, is {line[:40]!r}")
        entries.append((number, character))
    return entries


def _problem(entry: str) -> str:
    if len(entry) != 1:
        return f"should be one character, is {entry[:40]!r} ({len(entry)} code points)"
    if unicodedata.category(entry) == "Cc" or entry == "\ufeff":
        return f"{entry!r} is a control character or a byte order mark"
    return ""
