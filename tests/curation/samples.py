"""Small sets of words whose pictures are pictures."""

from __future__ import annotations

import io
import random
from collections.abc import Iterable, Sequence
from pathlib import Path

from PIL import Image

from str_pipelines.curation.arguments import main
from str_pipelines.records import Word
from str_pipelines.storage.words import WordLmdb, WordWriter
from tests.making import LABELS


def picture(number: int, format: str = "PNG") -> bytes:
    """A picture that depends on its number alone."""
    data = io.BytesIO()
    Image.new("RGB", (20 + number % 30, 8 + number % 5), (number % 256, 7, 9)).save(data, format)
    return data.getvalue()


def real_word(number: int, label: str | None = None) -> Word:
    """A word that depends on its number alone: facts of every type, some of them nothing."""
    rng = random.Random(number)
    facts = {"kind": rng.choice("ab"), "angle": None if number % 3 else 1.5, "box": [number, 2], "sure": rng.random()}
    text = f"{LABELS[number % len(LABELS)]}{number}" if label is None else label
    format = ("PNG", "JPEG", "BMP", "WEBP")[number % 4]
    return Word(f"set/{number}", picture(number, format), text, (20 + number % 30, 8 + number % 5), "made", facts)


def write(folder: Path, words: Iterable[Word]) -> WordLmdb:
    """One LMDB of them."""
    with WordWriter(folder) as writer:
        for word in words:
            writer.add(word)
        writer.finish()
    return WordLmdb.at(folder)


def real_words(folder: Path, numbers: Iterable[int] = range(30)) -> WordLmdb:
    """One LMDB of words with real pictures."""
    return write(folder, map(real_word, numbers))


def run(command: str, *arguments: object) -> WordLmdb:
    """Give a command whose last argument is its target; it goes well."""
    given = [*map(str, arguments[:-1]), "--into", str(arguments[-1])]
    assert main([command, *given, "--workers", "1", "--shard-size", "7"]) == 0
    return WordLmdb.at(Path(str(arguments[-1])))


def said(words: Iterable[Word]) -> Sequence[tuple[bytes, str, tuple[int, int]]]:
    """What every form can say of words."""
    return [(word.image, word.label, word.size) for word in words]
