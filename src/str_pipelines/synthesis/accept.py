"""Keep the painted words that are fit to learn from and are read as they were meant; the others say why not."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from str_pipelines.execution import Execution, step_folder
from str_pipelines.records import Refused, Rejection, Table, Word
from str_pipelines.storage.digests import record_digest, work_key
from str_pipelines.storage.folders import commit, part_of
from str_pipelines.storage.tables import iterate
from str_pipelines.storage.words import WordLmdb, WordWriter
from str_pipelines.synthesis.config import AcceptParams, Match
from str_pipelines.text.normalisers import alnum

logger = logging.getLogger(__name__)
STEP, VERSION = "synthesize.accept", 2
FORMS: dict[Match, Any] = {"exact": str, "case": str.casefold, "alnum": alnum}
Row = Mapping[str, Any]


def accept(painted: WordLmdb, readings: Table, params: AcceptParams, execution: Execution) -> WordLmdb:
    """The accepted words in one LMDB, with the rejections of painting and of accepting beside them.

    Args:
        readings: `index`, `id`, `reading`, `confidence` and `reason` of each painted word, in their order; what the
            judge reads must not be among them (`recognizers.reading.read_words` by another reader).

    Raises:
        ValueError: they are of other words.
    """
    key = work_key(STEP, VERSION, params, painted.digest, readings.digest)
    with step_folder(execution, STEP, key) as folder:
        target = folder / "words"
        if not WordLmdb.exists(target):
            part = part_of(target)
            _write(painted, iterate(readings.path), part, params)
            commit(part, target)
        words = WordLmdb.at(target)
    _warn(words)
    return words


def _write(painted: WordLmdb, readings: Iterator[Row], folder: Path, params: AcceptParams) -> None:
    seen: set[bytes] = set()
    with WordWriter(folder) as writer:
        for rejection in painted.rejections():
            writer.reject(rejection)
        for word, row in zip(painted, readings, strict=True):
            if row["id"] != word.id:
                raise ValueError(f"{painted.path}: {word.id} is the word, and {row['id']} was read; read them again")
            try:
                _check(word, params)
                _check_reading(word, row, params)
                _check_new(word, seen)
                writer.add(word)
            except Refused as refused:
                writer.reject(Rejection(word.facts["scene"], word.id, refused.reason, refused.detail))
        writer.finish({"painted": painted.count, **painted.manifest.made})


def _warn(words: WordLmdb) -> None:
    misread = words.manifest.rejected.get("misread", 0)
    if misread > len(words):
        logger.warning(
            "%d words are read otherwise than they were painted, %d are kept. Does the reader know these characters? "
            "--params=reader=FOLDER gives it another one, synthesize.accept.match=none does without",
            misread,
            len(words),
        )


def _check(word: Word, params: AcceptParams) -> None:
    contrast, clipped, height = word.facts["contrast"], word.facts["clipped"], word.size[1]
    if contrast < params.min_contrast:
        raise Refused("low_contrast", f"{contrast} is less than {params.min_contrast}")
    if clipped > params.max_clipped:
        raise Refused("clipped", f"{clipped:.0%} of the pixels are black or white, {params.max_clipped:.0%} allowed")
    if height < params.min_height:
        raise Refused("too_small", f"{height} px high, {params.min_height} wanted")


def _check_reading(word: Word, row: Row, params: AcceptParams) -> None:
    if params.match == "none":
        return
    if row["reason"]:
        raise Refused("unread", f"the reader refused the picture: {row['reason']}")
    form = FORMS[params.match]
    if form(row["reading"]) != form(word.label):
        raise Refused("misread", f"{word.label!r} was read as {row['reading']!r}")
    if row["confidence"] < params.min_confidence:
        raise Refused("uncertain", f"read with a confidence of {row['confidence']}, {params.min_confidence} wanted")


def _check_new(word: Word, seen: set[bytes]) -> None:
    content = record_digest(word.image, word.label.encode())
    if content in seen:
        raise Refused("duplicate", "the same picture with the same label was accepted before")
    seen.add(content)
