"""Copy words into a new set of ours, on several processes; it appears whole or not at all."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from str_pipelines.curation.others import Others
from str_pipelines.curation.rules import Rules, read_ids
from str_pipelines.curation.sets import WordSet
from str_pipelines.execution import Execution, run_shards
from str_pipelines.records import Refused, Rejection
from str_pipelines.storage.digests import digest_of, file_sha256, work_key
from str_pipelines.storage.folders import commit, link_tree, locked, part_of, write_whole
from str_pipelines.storage.manifests import NAME, read_manifest
from str_pipelines.storage.words import WordLmdb, WordWriter

VERSION = 1


@dataclass(frozen=True)
class Piece:
    """A set of words, the places of those to be taken (all without any), and what is put before their ids."""

    words: WordSet
    chosen: Sequence[int] | None = None
    prefix: str = ""


@dataclass(frozen=True)
class Job:
    """How words are copied into a set of ours."""

    execution: Execution
    shard_size: int = 10_000
    rules: Rules = Rules()


@contextmanager
def building(target: Path, workers: int) -> Iterator[Execution]:
    """Hold a target that does not exist yet, with a folder beside it for what is done so far; it goes at the end.

    An interrupted command leaves it, and goes on from there when it is given again.

    Raises:
        FileExistsError: something lies there.
        RuntimeError: another process builds there; its process id is named.
    """
    work = target.with_name(f"{target.name}.work")
    _refuse_existing(target)
    with locked(work / "target"):
        _refuse_existing(target)
        try:
            yield Execution(work=work, workers=workers)
        except (ValueError, FileNotFoundError):  # nothing that the same command could go on with
            shutil.rmtree(work)
            raise
        shutil.rmtree(work)


def _refuse_existing(target: Path) -> None:
    if os.path.lexists(target):
        raise FileExistsError(f"{target} is there already; remove it, or name another place")


def build(target: Path, parts: Mapping[str, Sequence[Piece]], job: Job, made: Mapping[str, Any]) -> list[WordLmdb]:
    """Make a set a part, in the folder of its name below `target`; the part without a name is `target` itself."""
    done = {
        name: [_copied(f"{name or 'words'}-{number:03d}", piece, job, made) for number, piece in enumerate(pieces)]
        for name, pieces in parts.items()
    }
    whole = part_of(target)
    try:
        for name, copies in done.items():
            _assemble(whole / name, copies, made)
        commit(whole, target)
    except BaseException:
        shutil.rmtree(whole, ignore_errors=True)
        raise
    return [WordLmdb.at(target / name) for name in parts]


def _copied(step: str, piece: Piece, job: Job, made: Mapping[str, Any]) -> WordLmdb:
    """One piece as a set of its own, in the work folder; found there if it had been finished."""
    listed = file_sha256(job.rules.without) if job.rules.without else ""
    chosen, state = _kept(piece.chosen, job.execution.work)
    params = {"rules": job.rules.model_dump(mode="json"), "prefix": piece.prefix}
    return run_shards(
        WordLmdb,
        WordWriter,
        partial(_copy, piece.words, chosen, piece.prefix, job.rules),
        len(piece.words) if piece.chosen is None else len(piece.chosen),
        job.shard_size,
        step=step,
        key=work_key("curation.build", VERSION, params, piece.words.digest, state, listed),
        execution=job.execution,
        made=made,
    )


def _kept(chosen: Sequence[int] | None, work: Path) -> tuple[Path | None, str]:
    """Chosen places as a file, so that a task is small whatever their number."""
    if chosen is None:
        return None, ""
    file = io.BytesIO()
    np.save(file, np.asarray(chosen, np.int64))
    digest = digest_of([file.getvalue()])
    write_whole(path := work / f"chosen-{digest}.npy", file.getvalue())
    return path, digest


def _copy(words: WordSet, chosen: Path | None, prefix: str, rules: Rules, span: range, writer: WordWriter) -> None:
    """The work of a shard."""
    places: Sequence[int] = span
    if chosen is not None:
        places = np.load(chosen, mmap_mode="r")[span.start : span.stop].tolist()
    unwanted = _unwanted(rules.without)
    for found in words.words(places):
        if isinstance(found, Rejection):
            writer.reject(found)
            continue
        try:
            rules.check(found, unwanted)
            if rules.not_in:
                _others(rules.not_in).check(found, rules.near)
            writer.add(replace(found, id=f"{prefix}/{found.id}") if prefix else found)
        except Refused as refused:
            writer.reject(Rejection(words.name, found.id, refused.reason, refused.detail))


_unwanted: Callable[[Path | None], frozenset[str]] = lru_cache(maxsize=1)(read_ids)
_others: Callable[[Path], Others] = lru_cache(maxsize=1)(Others)


def _assemble(folder: Path, copies: Sequence[WordLmdb], made: Mapping[str, Any]) -> None:
    """One set of the shards of several."""
    if len(copies) == 1:
        link_tree(copies[0].path, folder)
        return
    shards = []
    for number, copied in enumerate(copies):
        link_tree(copied.path, inner := folder / f"{number:03d}")
        shards += [f"{number:03d}/{Path(part.path).parent.name}" for part in read_manifest(inner).parts]
        (inner / NAME).unlink()
    WordLmdb.join(folder, shards, made)
