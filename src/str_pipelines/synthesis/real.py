"""The real words of the anchors that were painted over, cut exactly as painted ones are."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from str_pipelines.execution import Execution, build_table, run_shards
from str_pipelines.imaging.crop import rectify, upright
from str_pipelines.imaging.decode import encode_png
from str_pipelines.records import Refused, Rejection, Table, Word
from str_pipelines.storage.digests import work_key
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.storage.tables import rows_in, rows_of
from str_pipelines.storage.words import WordLmdb, WordWriter
from str_pipelines.synthesis.paint import Job, quad_in, with_scenes

VERSION, SHARD = 1, 512


def real_words(jobs: Table, scenes: SceneLmdb, execution: Execution, step: str) -> WordLmdb:
    """Each place of the jobs once, with what really stands there; places without a text have no real word."""
    key = work_key(step, VERSION, {"shard": SHARD}, jobs.digest, scenes.digest)
    places = build_table(lambda: _places(jobs), step=f"{step}.anchors", key=key, execution=execution)
    work = partial(_shard, places, scenes)
    return run_shards(WordLmdb, WordWriter, work, places.rows, SHARD, step=step, key=key, execution=execution)


def _places(jobs: Table) -> Iterable[Job]:
    found: dict[tuple[str, int], Job] = {}
    for job in rows_of(jobs):
        if job["source_text"]:
            found.setdefault((job["scene"], job["instance"]), job)
    return found.values()


def _shard(places: Table, scenes: SceneLmdb, span: range, writer: WordWriter) -> None:
    for job, scene in with_scenes(rows_in(places, span), scenes):
        try:
            writer.add(_word(scene, job))
        except Refused as refused:
            writer.reject(Rejection(job["scene"], job["id"], refused.reason, refused.detail))


def _word(scene: NDArray[np.uint8], job: Job) -> Word:
    cut = upright(rectify(scene, quad_in(job)))
    facts = {"scene": job["scene"], "instance": job["instance"], "quad": job["quad"], "kind": "real"}
    name, size = f"{job['scene']}#{job['instance']}", (cut.shape[1], cut.shape[0])
    return Word(name, encode_png(cut), job["source_text"], size, job["source"], facts)
