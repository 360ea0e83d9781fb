"""From sets of words and parameters to what a recognizer trains on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from str_pipelines.imaging.augment import STRETCHES, augmentation
from str_pipelines.recognizers.drawn_words import draw_words
from str_pipelines.recognizers.stored_words import index_words
from str_pipelines.recognizers.words import Words, WordSet, quotas
from str_pipelines.recognizers.words_params import WordsParams
from str_pipelines.storage.manifests import DATA, NAME
from str_pipelines.storage.paths import any_case
from str_pipelines.storage.words import WordLmdb


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
    augment, stretches = augmentation(params.augment), STRETCHES.get(params.augment)
    return Words(sets, taken, spelling, shape, params.seed, augment, stretches)


def find_words(path: Path) -> dict[str, WordLmdb]:
    """The word LMDB at a path, or all below it, by their paths in order; what is in a set of ours is not looked into.

    Upper and lower case of the path count only where two folders differ in them.

    Raises:
        FileNotFoundError: there is none.
    """
    found = {str(each): WordLmdb.at(each) for each in _folders(any_case(path))}
    if not found:
        raise FileNotFoundError(f"{path}: no word LMDB lies there or below; give the folder that holds {DATA}")
    return found


def _folders(path: Path) -> list[Path]:
    if (path / DATA).is_file() or (path / NAME).is_file():
        return [path]
    below = sorted(each for each in path.iterdir() if each.is_dir()) if path.is_dir() else []
    return [found for each in below for found in _folders(each)]
