"""The same words by several painters, beside the photograph as it was: whether words sit in it is for eyes to say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from str_pipelines.imaging.painter import Painter
from str_pipelines.imaging.sheets import Cell, sheet
from str_pipelines.records import Refused
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.storage.words import WordLmdb
from str_pipelines.synthesis.paint import Job, paint_jobs, with_scenes
from str_pipelines.synthesis.photos import shown_jobs

COLUMNS, HEIGHT, WIDTH = 2, 96, 224
Row = Mapping[str, object]


def side_by_side(
    words: WordLmdb, scenes: SceneLmdb, painters: Mapping[str, Painter], context: float, count: int
) -> bytes:
    """PNG of `count` places at most, evenly spaced; in each row of a cell the photograph, then each painter's word.

    A place that one of the painters refuses is left out. Nothing (no bytes) where there is no place to show.
    """
    places = [job for jobs in shown_jobs(words.rows()).values() for job in jobs.values()]
    taken = min(count, len(places))
    chosen = [places[index * len(places) // taken] for index in range(taken)]
    cells = list(_cells(chosen, scenes, painters, context))
    title = " | ".join(("photograph", *painters))
    return sheet(cells, columns=COLUMNS, height=HEIGHT, width=WIDTH, title=title) if cells else b""


def _cells(jobs: Iterable[Job], scenes: SceneLmdb, painters: Mapping[str, Painter], context: float) -> Iterable[Cell]:
    given = list(with_scenes(jobs, scenes))
    ways = (paint_jobs(given, painter, context) for painter in painters.values())
    for found in zip(*ways, strict=True):
        (job, scene, first), *_ = found
        patches = [patch for _, _, patch in found if not isinstance(patch, Refused)]
        if len(patches) == len(found) and not isinstance(first, Refused):
            yield Cell([scene[first.where], *(patch.on(scene) for patch in patches)], job["text"])
