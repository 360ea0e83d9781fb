"""Make the bundled lexicon from SCOWL, without the words of a blocklist. Its README in `text/data` has the command."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

SPELLINGS = ("english", "american")
KINDS = ("words", "proper-names", "upper")
LARGEST_SIZE = 50  # SCOWL's 50 still holds common words only; 55 and up bring rare ones
ENDINGS = ("s", "es", "ed", "ing", "ings", "er", "ers", "y", "ly", "ish", "ness")
VOWELS = "aeiou"


def scowl_words(folder: Path) -> Iterator[str]:
    """Yield the words of the chosen SCOWL files (ISO 8859-1, named `<spelling>-<kind>.<size>`)."""
    chosen = [p for p in sorted(folder.iterdir()) if is_chosen(p.name)]
    if not chosen:
        raise FileNotFoundError(f"{folder}: no SCOWL file such as english-words.10; give usr/share/dict/scowl")
    for path in chosen:
        yield from path.read_text(encoding="iso-8859-1").split()


def is_chosen(file_name: str) -> bool:
    """Tell whether a SCOWL file is of the spellings, kinds and sizes that the lexicon takes."""
    parts = re.fullmatch(r"([a-z]+)-([a-z-]+)\.(\d+)", file_name)
    if not parts:
        return False
    return parts[1] in SPELLINGS and parts[2] in KINDS and int(parts[3]) <= LARGEST_SIZE


def is_plain(word: str) -> bool:
    """Tell whether a word is 1 to 25 letters a-z, A-Z; of single letters only "a" and "I" are words."""
    return bool(re.fullmatch(r"[A-Za-z]{2,25}|a|I", word))


def read_blocklist(path: Path) -> set[str]:
    """Read one word a line, in lower case; whatever is not letters only cannot meet a plain word and is left out."""
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    return {word for word in (line.strip().lower() for line in lines) if re.fullmatch(r"[a-z]{2,}", word)}


def forms(word: str) -> Iterator[str]:
    """Yield a word and what English inflection may make of it, common words among them ("lens"): better too many."""
    yield word
    if len(word) > 2:
        yield word + "s"
    if len(word) < 4:
        return
    if word.endswith("e"):
        yield from (word + ending for ending in ("d", "r", "rs", "ly", "ness"))
        yield from (word[:-1] + ending for ending in ("ing", "ings", "y", "ish"))
        return
    yield from (word + ending for ending in ENDINGS)
    if word.endswith("y"):
        yield from (word[:-1] + ending for ending in ("ies", "ied", "ier", "iest"))
    if word[-1] not in VOWELS + "wxy" and word[-2] in VOWELS and word[-3] not in VOWELS:  # clap, clapped
        yield from (word + word[-1] + ending for ending in ENDINGS)


def without(words: Iterable[str], blocked: set[str], anywhere: set[str]) -> set[str]:
    """Drop every form of a blocked word, and every word that holds one of `anywhere` inside."""
    unwanted = {form for word in blocked | anywhere for form in forms(word)}
    tainted = re.compile("|".join(sorted(anywhere)) or "(?!)")  # "(?!)" is found nowhere
    return {word for word in words if word.lower() not in unwanted and not tainted.search(word.lower())}


def main(arguments: list[str]) -> None:
    """Write the lexicon, sorted by code point, one word a line, and say how many words were dropped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scowl", type=Path, help="SCOWL's folder of word files (Debian: usr/share/dict/scowl)")
    parser.add_argument("blocklist", type=Path, help="words to leave out in all their forms, one a line, UTF-8")
    parser.add_argument("anywhere", type=Path, help="words that no other word may contain either, one a line, UTF-8")
    parser.add_argument("lexicon", type=Path, help="the file to write")
    options = parser.parse_args(arguments)
    plain = {word for word in scowl_words(options.scowl) if is_plain(word)}
    kept = without(plain, read_blocklist(options.blocklist), read_blocklist(options.anywhere))
    options.lexicon.write_bytes("".join(f"{word}\n" for word in sorted(kept)).encode("ascii"))
    sys.stdout.write(f"{options.lexicon}: {len(kept)} words; {len(plain) - len(kept)} left out\n")


if __name__ == "__main__":
    main(sys.argv[1:])
