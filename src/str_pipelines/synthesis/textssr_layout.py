"""Words in the squares that TextSSR infers in: for its own files, and to compare painters on identical crops.

A square is as large as the longer side of the word's box, centred on it, and scaled to 256 pixels (TextSSR, region-
centric generation). Where the reference draws its place at random and stretches at the picture's edge, ours is centred
and continued by reflection.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from str_pipelines.execution import Execution, run_shards
from str_pipelines.imaging.decode import decode, encode_png
from str_pipelines.imaging.painter import Painter
from str_pipelines.imaging.squares import Square, cut_square, in_square, square_of
from str_pipelines.records import Refused, Rejection, Table, Word
from str_pipelines.storage.digests import work_key
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.storage.tables import rows_in
from str_pipelines.storage.words import WordLmdb, WordWriter
from str_pipelines.synthesis.config import PaintParams
from str_pipelines.synthesis.paint import Job, paint_jobs, quad_in, with_scenes
from str_pipelines.tracking import active_run_id

VERSION = 2
RESOLUTION = 256
REGIONS = 1000  # a shard
Pixels = NDArray[np.uint8]
Box = tuple[int, int, int, int]


def infer(
    jobs: Table, scenes: SceneLmdb, painter: Painter | None, params: PaintParams, execution: Execution, step: str
) -> WordLmdb:
    """The square of every job, painted; without a painter, of those where a word really stands, as it is.

    The fact `region` is the word's box in the square.
    """
    digest = painter.digest if painter else "real"
    key = work_key(step, VERSION, params, jobs.digest, scenes.digest, digest)
    work = partial(_shard, jobs, scenes, painter, params.context, active_run_id())
    made = {"painter": digest}
    return run_shards(
        WordLmdb, WordWriter, work, jobs.rows, params.shard_size, step=step, key=key, execution=execution, made=made
    )


def cut_regions(squares: WordLmdb, execution: Execution, step: str) -> WordLmdb:
    """The regions of the words, cut out of their squares: axis-aligned, at 256-pixel scale, as TextSSR is scored."""
    key = work_key(step, VERSION, {"shard": REGIONS}, squares.digest)
    work = partial(_regions, squares)
    return run_shards(WordLmdb, WordWriter, work, len(squares), REGIONS, step=step, key=key, execution=execution)


def region(square: Pixels, box: Sequence[int]) -> Pixels:
    """The (left, top, right, bottom) box of a square (256, 256, 3)."""
    x0, y0, x1, y1 = box
    return square[y0:y1, x0:x1]


def region_of(quad: NDArray[np.float64], square: Square) -> Box:
    """(left, top, right, bottom) of the quad's box in its square of 256 pixels."""
    inside = in_square(quad, square, RESOLUTION)
    low, high = np.floor(inside.min(axis=0)), np.ceil(inside.max(axis=0))
    x0, y0, x1, y1 = (int(value) for value in np.clip([*low, *high], 0, RESOLUTION))
    return x0, y0, max(x1, x0 + 1), max(y1, y0 + 1)


def _shard(
    jobs: Table, scenes: SceneLmdb, painter: Painter | None, context: float, run: str, span: range, writer: WordWriter
) -> None:
    numbers = {job["id"]: number for number, job in zip(span, rows_in(jobs, span), strict=True)}
    for job, found in _edited(with_scenes(rows_in(jobs, span), scenes), painter, context):
        if isinstance(found, Refused):
            writer.reject(Rejection(job["scene"], job["id"], found.reason, found.detail))
        else:
            writer.add(_word(numbers[job["id"]], job, found, "text" if painter else "source_text", run))


def _edited(
    jobs: Iterable[tuple[Job, Pixels]], painter: Painter | None, context: float
) -> Iterator[tuple[Job, Pixels | Refused]]:
    """Each job with its whole scene, edited where there is a painter."""
    if painter is None:
        yield from ((job, scene) for job, scene in jobs if job["source_text"])
        return
    for job, scene, patch in paint_jobs(jobs, painter, context):
        if isinstance(patch, Refused):
            yield job, patch
            continue
        edited = scene.copy()
        edited[patch.where] = patch.on(scene)
        yield job, edited


def _word(number: int, job: Job, edited: Pixels, text: str, run: str) -> Word:
    quad = quad_in(job)
    square = square_of(quad)
    facts = {
        "scene": job["scene"],
        "instance": job["instance"],
        "kind": job["kind"],
        "region": list(region_of(quad, square)),
        "run": run,
    }
    picture = encode_png(cut_square(edited, square, RESOLUTION))
    return Word(str(number), picture, job[text], (RESOLUTION, RESOLUTION), job["source"], facts)


def _regions(squares: WordLmdb, span: range, writer: WordWriter) -> None:
    for word in islice(squares, span.start, span.stop):
        cut = region(decode(word.image), word.facts["region"])
        writer.add(replace(word, image=encode_png(cut), size=(cut.shape[1], cut.shape[0])))
