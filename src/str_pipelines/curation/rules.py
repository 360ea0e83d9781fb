"""Which words of a set are wanted: by what is written in them, by their size, by their ids."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import accumulate, pairwise
from pathlib import Path

from pydantic import Field

from str_pipelines.params import Params
from str_pipelines.records import Refused, Word
from str_pipelines.text.charsets import load_charset

IDS_BYTES = 1 << 30
WHOLE = 1e-6
"""By how much the sum of shares may differ from 1."""


class Rules(Params):
    """What a word must be to be kept. `characters` are all that its label may have; with `either_case`, in any case.

    Lengths are in characters, sizes (width, height) in pixels, all of them included. `not_in` is a file of
    `curation.others`, `near` in how many bits pictures may differ and still be taken for one of theirs.
    """

    characters: str = ""
    either_case: bool = False
    shortest: int = Field(default=0, ge=0)
    longest: int | None = Field(default=None, ge=0)
    smallest: tuple[int, int] = (0, 0)
    largest: tuple[int, int] | None = None
    without: Path | None = None
    not_in: Path | None = None
    near: int | None = Field(default=None, ge=0, le=7)

    def check(self, word: Word, unwanted: frozenset[str]) -> None:
        """Whether a word is to be kept.

        Raises:
            Refused: `label_outside_charset`, `label_too_short`, `label_too_long`, `image_too_small`, `image_too_large`,
                `id_listed`.
        """
        if word.id in unwanted:
            raise Refused("id_listed", f"{self.without} lists it")
        self._check_label(word.label)
        least, most = self.smallest, self.largest or word.size
        said = f"{word.size[0]}x{word.size[1]}"
        if word.size[0] < least[0] or word.size[1] < least[1]:
            raise Refused("image_too_small", f"{said}, {least[0]}x{least[1]} wanted")
        if word.size[0] > most[0] or word.size[1] > most[1]:
            raise Refused("image_too_large", f"{said}, {most[0]}x{most[1]} allowed")

    def _check_label(self, label: str) -> None:
        if len(label) < self.shortest:
            raise Refused("label_too_short", f"{len(label)} characters, {self.shortest} wanted")
        if self.longest is not None and len(label) > self.longest:
            raise Refused("label_too_long", f"{len(label)} characters, {self.longest} allowed")
        if self.characters and not _distinct(self.characters).issuperset(label):
            raise Refused("label_outside_charset", f"{label!r}")


@lru_cache(maxsize=1)
def _distinct(characters: str) -> frozenset[str]:
    return frozenset(characters)


def characters_of(charset: str, either_case: bool) -> str:
    """The characters of a charset by name or file, with both cases of its letters where this is wanted."""
    characters = load_charset(charset).characters
    return "".join(dict.fromkeys(characters + characters.lower() + characters.upper())) if either_case else characters


def read_ids(path: Path | None) -> frozenset[str]:
    """Ids from a file, one a line; none without a file.

    Raises:
        FileNotFoundError: it is not there.
        ValueError: it is larger than 1 GiB, or not UTF-8.
    """
    if path is None:
        return frozenset()
    if path.stat().st_size > IDS_BYTES:
        raise ValueError(f"{path}: larger than {IDS_BYTES} bytes; is it a list of ids?")
    try:
        return frozenset(path.read_text(encoding="utf-8-sig").splitlines()) - {""}
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: not UTF-8 (byte {error.start}); save it as UTF-8") from error


def place_of(name: str, seed: int) -> int:
    """A number below 2^64 that depends on id and seed alone: not on the order of a set, nor on what else is in it."""
    return int.from_bytes(blake2b(f"{seed}:{name}".encode(), digest_size=8).digest(), "big")


def parted(ids: Iterable[str], shares: Sequence[float], seed: int) -> list[list[int]]:
    """The places of the ids of each part, by the hash of the id.

    Raises:
        ValueError: the shares are not positive, or not 1 together.
    """
    if min(shares, default=0) <= 0 or abs(sum(shares) - 1) > WHOLE:
        raise ValueError(f"shares are positive and 1 together, not {' + '.join(map(str, shares))}")
    bounds = [0, *(int(each * 2**64) for each in accumulate(shares[:-1])), 2**64]
    parts: list[list[int]] = [[] for _ in shares]
    for at, name in enumerate(ids):
        place = place_of(name, seed)
        number = next(number for number, (low, high) in enumerate(pairwise(bounds)) if low <= place < high)
        parts[number].append(at)
    return parts


def drawn(ids: Iterable[str], count: int, seed: int) -> list[int]:
    """The places of `count` ids, drawn by their hash: a larger count adds to them, a grown set takes few of them."""
    places = sorted((place_of(name, seed), at) for at, name in enumerate(ids))
    if count > len(places):
        raise ValueError(f"{count} words are wanted, {len(places)} are there")
    return sorted(at for _, at in places[:count])
