"""Words in the squares that TextSSR infers in: for its own files, and to compare painters on identical crops.

A square is as large as the longer side of the word's box, centred on it, and scaled to 256 pixels (TextSSR, region-
centric generation). Where the reference draws its place at random and stretches at the picture's edge, ours is centred
and continued by reflection.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import islice

import cv2
import numpy as np
from numpy.typing import NDArray

from str_pipelines.execution import Execution, run_shards
from str_pipelines.imaging.decode import decode, encode_png
from str_pipelines.imaging.painter import Painter
from str_pipelines.records import Refused, Rejection, Table, Word
from str_pipelines.storage.digests import work_key
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.storage.tables import rows_in
from str_pipelines.storage.words import WordLmdb, WordWriter
from str_pipelines.synthesis.config import PaintParams
from str_pipelines.synthesis.paint import Job, paint_job, quad_in, with_scenes
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


def square_of(quad: NDArray[np.float64]) -> tuple[int, int, int]:
    """(left, top, side) in pixels of the square around a quad (4, 2); it may reach beyond the picture."""
    low, high = np.floor(quad.min(axis=0)), np.ceil(quad.max(axis=0))
    side = int(max(high - low))
    left, top = np.floor((low + high - side) / 2).astype(int)
    return int(left), int(top), side


def cut_square(scene: Pixels, square: tuple[int, int, int]) -> Pixels:
    """The square of a scene (H, W, 3) at 256 × 256 pixels, the picture continued by reflection."""
    left, top, side = square
    height, width = scene.shape[:2]
    before = max(-left, 0), max(-top, 0)
    after = max(left + side - width, 0), max(top + side - height, 0)
    inner = scene[max(top, 0) : top + side, max(left, 0) : left + side]
    whole = cv2.copyMakeBorder(inner, before[1], after[1], before[0], after[0], cv2.BORDER_REFLECT)
    how = cv2.INTER_AREA if side > RESOLUTION else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(whole, (RESOLUTION, RESOLUTION), interpolation=how), np.uint8)


def region_of(quad: NDArray[np.float64], square: tuple[int, int, int]) -> Box:
    """(left, top, right, bottom) of the quad's box in its square of 256 pixels."""
    left, top, side = square
    inside = (quad - (left, top)) * (RESOLUTION / side)
    low, high = np.floor(inside.min(axis=0)), np.ceil(inside.max(axis=0))
    x0, y0, x1, y1 = (int(value) for value in np.clip([*low, *high], 0, RESOLUTION))
    return x0, y0, max(x1, x0 + 1), max(y1, y0 + 1)


def _shard(
    jobs: Table, scenes: SceneLmdb, painter: Painter | None, context: float, run: str, span: range, writer: WordWriter
) -> None:
    for number, (job, scene) in zip(span, with_scenes(rows_in(jobs, span), scenes), strict=True):
        if painter is None and not job["source_text"]:
            continue
        try:
            writer.add(_word(number, job, scene, painter, context, run))
        except Refused as refused:
            writer.reject(Rejection(job["scene"], job["id"], refused.reason, refused.detail))


def _word(number: int, job: Job, scene: Pixels, painter: Painter | None, context: float, run: str) -> Word:
    quad, edited = quad_in(job), scene
    if painter is not None:
        patch = paint_job(scene, job, painter, context)
        edited = scene.copy()
        edited[patch.where] = patch.on(scene)
    square = square_of(quad)
    facts = {
        "scene": job["scene"],
        "instance": job["instance"],
        "kind": job["kind"],
        "region": list(region_of(quad, square)),
        "run": run,
    }
    picture = encode_png(cut_square(edited, square))
    return Word(
        str(number),
        picture,
        job["text"] if painter else job["source_text"],
        (RESOLUTION, RESOLUTION),
        job["source"],
        facts,
    )


def _regions(squares: WordLmdb, span: range, writer: WordWriter) -> None:
    for word in islice(squares, span.start, span.stop):
        cut = region(decode(word.image), word.facts["region"])
        writer.add(replace(word, image=encode_png(cut), size=(cut.shape[1], cut.shape[0])))
