"""Lexicons: the words that painters write where nobody gives texts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from str_pipelines.text.lines import read_lines

BUNDLED = Path(__file__).parent / "data" / "lexicon_en.txt"
"""English words from SCOWL; the README beside it says which."""

FILE_LIMIT = 64_000_000
"""Bytes of a lexicon file."""


def load_lexicon(path: str | Path | None = None) -> tuple[str, ...]:
    """Return the words of a file in their order, or of the bundled lexicon.

    A file is UTF-8, one word a line; white space around a word, blank lines and duplicates are skipped.

    Raises:
        FileNotFoundError: the file is not there.
        ValueError: it is larger than 64 MB, not UTF-8, without any word, or has white space inside a line.
    """
    path = BUNDLED if path is None else Path(path)
    words: dict[str, None] = {}
    for number, line in enumerate(read_lines(path, FILE_LIMIT), start=1):
        parts = line.split()
        if len(parts) > 1:
            raise ValueError(f"{path}, line {number}: should be one word, is {line.strip()[:40]!r}")
        words.update(dict.fromkeys(parts))
    if not words:
        raise ValueError(f"{path}: no word in it; write one a line")
    return tuple(words)


def by_length(words: Iterable[str]) -> dict[int, tuple[str, ...]]:
    """Return the words by their number of characters, shortest first, each group in the order given."""
    groups: dict[int, list[str]] = {}
    for word in words:
        groups.setdefault(len(word), []).append(word)
    return {length: tuple(groups[length]) for length in sorted(groups)}


def lexicon_digest(words: Iterable[str]) -> str:
    """Return the SHA-256 of the words in their order, which counts: who draws word 17 draws by it."""
    return hashlib.sha256("".join(f"{word}\n" for word in words).encode()).hexdigest()
