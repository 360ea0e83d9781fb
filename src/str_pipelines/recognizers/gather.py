"""From sets of words and parameters to what a recognizer trains on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from str_pipelines.imaging.augment import Preset, augmentation
from str_pipelines.params import Names, Params, split
from str_pipelines.recognizers.drawn_words import draw_words
from str_pipelines.recognizers.shape import WIDTHS, Shape
from str_pipelines.recognizers.spelling import Case, Outside, Spelling
from str_pipelines.recognizers.stored_words import index_words
from str_pipelines.recognizers.words import Words, WordSet, quotas
from str_pipelines.storage.manifests import DATA, NAME
from str_pipelines.storage.words import WordLmdb
from str_pipelines.synthesis.config import RenderedWordsParams
from str_pipelines.text.charsets import load_charset
from str_pipelines.text.normalisers import normaliser

Widths = Annotated[tuple[int, ...], BeforeValidator(split)]
Shares = Annotated[tuple[float, ...], BeforeValidator(split)]


def _known(name: str) -> str:
    return normaliser(name).versioned if name else ""


class WordsParams(Params):
    """What is taught, of which sets, in which shape.

    `more` are further sets by path: word LMDBs, own or foreign, or folders of them. `drawn` are words drawn while the
    network learns, `count` of them an epoch, other ones in every epoch. `ratios` are the shares of the sets, those
    given first, then `drawn`, then `more` in its order; none: by their sizes. `length` is how many samples an epoch
    has, 0: as many as there are.

    Which text is taught for a label say `normaliser` (empty: `parseq36` and `parseq94` for the charsets 36 and 94,
    else `raw`), `case`, `charset`, `outside` (what becomes of a label with characters that the charset lacks) and
    `longest`. `widths` are the widths in pixels that pictures of `height` may have, one or more.
    """

    more: Names = ()
    drawn: RenderedWordsParams | None = None
    ratios: Shares = ()
    length: int = Field(default=0, ge=0)
    charset: str = Field(default="94", coerce_numbers_to_str=True)
    normaliser: Annotated[str, AfterValidator(_known)] = ""
    case: Case = "keep"
    outside: Outside = "drop"
    longest: int = Field(default=25, ge=1)
    height: int = Field(default=32, ge=8)
    widths: Widths = WIDTHS
    augment: Preset = "none"
    seed: int = Field(default=0, ge=0)

    @property
    def spelling(self) -> Spelling:
        """How labels are spelled."""
        charset = load_charset(self.charset)
        usual = f"parseq{charset.name}" if charset.name in ("36", "94") else "raw"
        return Spelling(normaliser(self.normaliser or usual), charset, self.case, self.outside, self.longest)

    @property
    def shape(self) -> Shape:
        """The shape of the pictures."""
        return Shape(self.height, self.widths)


def gather(params: WordsParams, words: Mapping[str, WordLmdb]) -> Words:
    """The usable words of all sets: those given by name, those drawn on the fly, those of `params.more`.

    Raises:
        FileNotFoundError: a set, or a charset, a font or a lexicon, is not there.
        ValueError: a set is damaged, a set with a share has no usable word, or there are other than a ratio a set.
    """
    spelling, shape = params.spelling, params.shape
    more = {name: lmdb for path in params.more for name, lmdb in find_words(Path(path)).items()}
    first, last = (
        tuple(index_words(name, each, spelling, shape) for name, each in held.items()) for held in (words, more)
    )
    drawn = (draw_words("drawn", params.drawn, spelling, shape),) if params.drawn else ()
    sets: tuple[WordSet, ...] = (*first, *drawn, *last)
    taken = quotas(list(map(len, sets)), params.ratios or None, params.length or None)
    return Words(sets, taken, spelling, shape, params.seed, augmentation(params.augment))


def find_words(path: Path) -> dict[str, WordLmdb]:
    """The word LMDB at a path, or all below it, by their paths in order; what is in a set of ours is not looked into.

    Raises:
        FileNotFoundError: there is none.
    """
    found = {str(each): WordLmdb.at(each) for each in _folders(path)}
    if not found:
        raise FileNotFoundError(f"{path}: no word LMDB lies there or below; give the folder that holds {DATA}")
    return found


def _folders(path: Path) -> list[Path]:
    if (path / DATA).is_file() or (path / NAME).is_file():
        return [path]
    below = sorted(each for each in path.iterdir() if each.is_dir()) if path.is_dir() else []
    return [found for each in below for found in _folders(each)]
