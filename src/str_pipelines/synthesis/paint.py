"""Paint words into photographs and cut them out: each word alone into its source, along its quad, at source scale."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from str_pipelines.execution import Execution, build_table, run_shards
from str_pipelines.imaging.crop import rectify, upright, upright_points
from str_pipelines.imaging.decode import encode_png
from str_pipelines.imaging.ground import surroundings
from str_pipelines.imaging.own_jpeg import in_own_jpeg
from str_pipelines.imaging.painter import Painted, Painter, Request, paint_all
from str_pipelines.imaging.quads import sides
from str_pipelines.imaging.seam import blend, seam
from str_pipelines.records import Refused, Rejection, Table, Word
from str_pipelines.storage.digests import work_key
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.storage.tables import rows_in
from str_pipelines.storage.words import WordLmdb, WordWriter
from str_pipelines.synthesis.config import PaintParams
from str_pipelines.tracking import active_run_id

VERSION = 2
JOB_COLUMNS = ("id", "scene", "source", "instance", "quad", "source_text", "text", "kind", "seed")
Job = Mapping[str, Any]
Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Patch:
    """A painted word: which rows and columns of its scene it changes, to which pixels, how far, and how it was made."""

    where: tuple[slice, slice]
    pixels: Pixels  # (h, w, 3) uint8
    weight: NDArray[np.float32]  # (h, w), 0 to 1
    facts: Mapping[str, Any]
    characters: NDArray[np.float64] | None  # (N, 4, 2) in the patch, where the painter knows

    def on(self, scene: Pixels) -> Pixels:
        """That part of a scene (H, W, 3) with the word in it; outside the seam it equals the scene."""
        return blend(scene[self.where], self.pixels, self.weight)


def paint_words(
    jobs: Table, scenes: SceneLmdb, painter: Painter, params: PaintParams, execution: Execution, step: str
) -> WordLmdb:
    """Paint every job. What cannot be painted is among the rejections of the result."""
    key = work_key(step, VERSION, params, jobs.digest, scenes.digest, painter.digest)
    work = partial(_shard, jobs, scenes, painter, params.context, active_run_id())
    made = {"painter": painter.digest}
    return run_shards(
        WordLmdb, WordWriter, work, jobs.rows, params.shard_size, step=step, key=key, execution=execution, made=made
    )


def jobs_of(words: WordLmdb, execution: Execution, step: str) -> Table:
    """The jobs that painted words came from, as their sidecar remembers them; none where the words were not painted."""
    key = work_key(step, VERSION, {}, words.digest)
    return build_table(lambda: _recalled(words), step=step, key=key, execution=execution)


def paint_jobs(
    jobs: Iterable[tuple[Job, Pixels]], painter: Painter, context: float
) -> Iterator[tuple[Job, Pixels, Patch | Refused]]:
    """Each job, its scene, and its word in its surroundings or why there is none.

    The surroundings are `context` times the word's length round it, and no less than its height. A job whose `jpeg`
    says at which quality its photograph was written gets a word that was written at the same.
    """
    given, size = iter(jobs), getattr(painter, "batch_size", 1)
    while chunk := list(islice(given, size)):
        placed = [_placed(job, scene, context) for job, scene in chunk]
        found = paint_all(painter, [request for _, request in placed])
        for (job, scene), (where, request), painted in zip(chunk, placed, found, strict=True):
            yield job, scene, painted if isinstance(painted, Refused) else _patch(job, scene, where, request, painted)


def paint_job(scene: Pixels, job: Job, painter: Painter, context: float) -> Patch:
    """One of them alone.

    Raises:
        Refused: as the painter.
    """
    [(_, _, found)] = paint_jobs([(job, scene)], painter, context)
    if isinstance(found, Refused):
        raise found
    return found


def _placed(job: Job, scene: Pixels, context: float) -> tuple[tuple[slice, slice], Request]:
    quad = quad_in(job)
    where = surroundings(scene.shape[:2], quad, max(context * max(sides(quad)), min(sides(quad))))
    return where, Request(scene[where], quad - (where[1].start, where[0].start), job["text"], job["seed"])


def _patch(job: Job, scene: Pixels, where: tuple[slice, slice], request: Request, painted: Painted) -> Patch:
    quality = job.get("jpeg", 0)
    pixels = in_own_jpeg(scene, where, painted.pixels, quality) if quality else painted.pixels
    weight = seam(request.quad, *request.scene.shape[:2])
    return Patch(where, pixels, weight, painted.facts, painted.characters)


def quad_in(job: Job) -> NDArray[np.float64]:
    """The quad (4, 2) of a job."""
    return np.asarray(job["quad"], np.float64).reshape(4, 2)


def with_scenes(jobs: Iterable[Job], scenes: SceneLmdb) -> Iterator[tuple[Job, Pixels]]:
    """Each job with its photograph, which is decoded once for all jobs in a row that share it."""
    last, pixels = "", np.empty((0, 0, 3), np.uint8)
    for job in jobs:
        if job["scene"] != last:
            last, pixels = job["scene"], scenes.pixels(job["scene"])
        yield job, pixels


def flat_quads(quads: NDArray[np.float64]) -> list[float]:
    """Quads (N, 4, 2) as 8 N numbers, to a tenth of a pixel: how the sidecar has the characters of a word."""
    return [round(value, 1) for value in quads.ravel().tolist()]


def _recalled(words: WordLmdb) -> Iterator[Job]:
    for row in words.rows():
        job = {**row, "text": row["label"]}
        if job.keys() >= set(JOB_COLUMNS):
            yield {name: job[name] for name in JOB_COLUMNS} | {"jpeg": job.get("jpeg", 0)}


def _shard(
    jobs: Table, scenes: SceneLmdb, painter: Painter, context: float, run: str, span: range, writer: WordWriter
) -> None:
    for job, scene, found in paint_jobs(with_scenes(rows_in(jobs, span), scenes), painter, context):
        try:
            writer.add(_word(scene, job, found, painter, run))
        except Refused as refused:
            writer.reject(Rejection(job["scene"], job["id"], refused.reason, refused.detail))


def _word(scene: Pixels, job: Job, patch: Patch | Refused, painter: Painter, run: str) -> Word:
    if isinstance(patch, Refused):
        raise patch
    quad = quad_in(job) - (patch.where[1].start, patch.where[0].start)
    cut = upright(rectify(patch.on(scene), quad))
    columns = {name: job[name] for name in JOB_COLUMNS if name not in ("id", "source", "text")}
    known = {} if patch.characters is None else {"characters": flat_quads(upright_points(patch.characters, quad))}
    facts = {
        **columns,
        "jpeg": job.get("jpeg", 0),
        **_measures(cut),
        **known,
        **patch.facts,
        "painter": painter.digest,
        "run": run,
    }
    return Word(job["id"], encode_png(cut), job["text"], (cut.shape[1], cut.shape[0]), job["source"], facts)


def _measures(word: Pixels) -> dict[str, float]:
    """What `accept` goes by: `contrast` and `clipped`, both 0 to 1."""
    luminance = word @ np.array([0.299, 0.587, 0.114])
    low, high = np.percentile(luminance, (5, 95))
    clipped = np.mean((luminance < 1) | (luminance > 254))
    return {"contrast": round(float(high - low) / 255, 4), "clipped": round(float(clipped), 4)}
