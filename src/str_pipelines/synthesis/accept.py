"""Keep the painted words that are fit to learn from; every other one is written down with its reason."""

from __future__ import annotations

from pathlib import Path

from str_pipelines.execution import Execution, step_folder
from str_pipelines.records import Refused, Rejection, Word
from str_pipelines.storage.digests import record_digest, work_key
from str_pipelines.storage.folders import commit, part_of
from str_pipelines.storage.words import WordLmdb, WordWriter
from str_pipelines.synthesis.config import AcceptParams

STEP, VERSION = "synthesize.accept", 1


def accept(painted: WordLmdb, params: AcceptParams, execution: Execution) -> WordLmdb:
    """The accepted words in one LMDB, with the rejections of painting and of accepting beside them."""
    key = work_key(STEP, VERSION, params, painted.digest)
    with step_folder(execution, STEP, key) as folder:
        target = folder / "words"
        if not WordLmdb.exists(target):
            part = part_of(target)
            _write(painted, part, params)
            commit(part, target)
        return WordLmdb.at(target)


def _write(painted: WordLmdb, folder: Path, params: AcceptParams) -> None:
    seen: set[bytes] = set()
    with WordWriter(folder) as writer:
        for rejection in painted.rejections():
            writer.reject(rejection)
        for word in painted:
            try:
                _check(word, params)
                _check_new(word, seen)
                writer.add(word)
            except Refused as refused:
                writer.reject(Rejection(word.facts["scene"], word.id, refused.reason, refused.detail))
        writer.finish({"painted": painted.count, **painted.manifest.made})


def _check(word: Word, params: AcceptParams) -> None:
    contrast, clipped, height = word.facts["contrast"], word.facts["clipped"], word.size[1]
    if contrast < params.min_contrast:
        raise Refused("low_contrast", f"{contrast} is less than {params.min_contrast}")
    if clipped > params.max_clipped:
        raise Refused("clipped", f"{clipped:.0%} of the pixels are black or white, {params.max_clipped:.0%} allowed")
    if height < params.min_height:
        raise Refused("too_small", f"{height} px high, {params.min_height} wanted")


def _check_new(word: Word, seen: set[bytes]) -> None:
    content = record_digest(word.image, word.label.encode())
    if content in seen:
        raise Refused("duplicate", "the same picture with the same label was accepted before")
    seen.add(content)
