"""Words of other sets, such as test sets, that a set is to be had without."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from str_pipelines.curation.hashes import Numbers, file_number, hashes_of, label_number
from str_pipelines.execution import Execution
from str_pipelines.imaging.decode import WORD_PIXELS, decode
from str_pipelines.imaging.likeness import bits_apart, dhash
from str_pipelines.records import Refused, Word
from str_pipelines.storage.digests import digest_of
from str_pipelines.storage.folders import write_whole
from str_pipelines.storage.words import WordLmdb


def write_others(sets: Iterable[WordLmdb], near: int | None, execution: Execution) -> Path:
    """The numbers of all words of these sets as a file in the work folder, named by what is in it."""
    rows = [np.empty((0, 4), np.int64)]
    for words in sets:
        found = hashes_of(words, near is not None, execution)
        rows.append(np.stack([found.files, found.labels, found.looks, found.seen.astype(np.int64)], axis=1))
    file = io.BytesIO()
    np.save(file, np.concatenate(rows))
    write_whole(path := execution.work / f"others-{digest_of([file.getvalue()])}.npy", file.getvalue())
    return path


class Others:
    """What `write_others` wrote, to be asked of one word after the other."""

    def __init__(self, path: Path) -> None:
        files, labels, looks, seen = np.load(path).T
        self._files = np.unique(files)
        order = np.argsort(labels[seen > 0], kind="stable")
        self._labels, self._looks = labels[seen > 0][order], looks[seen > 0][order]

    def check(self, word: Word, near: int | None) -> None:
        """Whether the picture of a word is in none of the sets, nor one of the same label that is like it.

        Raises:
            Refused: `in_other_set`, `like_in_other_set`.
        """
        number = np.int64(file_number(word.image))
        at = int(np.searchsorted(self._files, number))
        if at < len(self._files) and self._files[at] == number:
            raise Refused("in_other_set", "a set of --not-in has this very picture")
        if near is None:
            return
        label = np.int64(label_number(word.label))
        first, last = (int(np.searchsorted(self._labels, label, side)) for side in ("left", "right"))
        if first < last:
            self._check_look(word, self._looks[first:last], near)

    def _check_look(self, word: Word, looks: Numbers, near: int) -> None:
        try:
            look = np.int64(dhash(decode(word.image, WORD_PIXELS)))
        except Refused:  # nothing can be like it
            return
        least = int(bits_apart(looks, np.full_like(looks, look)).min())
        if least <= near:
            raise Refused("like_in_other_set", f"a set of --not-in has its label with a picture {least} bits away")
