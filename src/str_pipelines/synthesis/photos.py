"""Edited photographs: accepted words painted into one copy of their photograph, one a place, to be looked at."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.decode import encode_png
from str_pipelines.imaging.painter import Painter
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.storage.words import WordLmdb
from str_pipelines.synthesis.paint import Job, paint_job


def edited_photographs(
    words: WordLmdb, scenes: SceneLmdb, painter: Painter, context: float, keep: int
) -> dict[str, bytes]:
    """PNG by name of up to `keep` photographs, chosen by a hash of their names."""
    jobs = shown_jobs(words.rows())
    chosen = sorted(jobs, key=lambda name: hashlib.sha256(name.encode()).digest())[:keep]
    found = {name: edited(scenes.pixels(name), jobs[name].values(), painter, context) for name in chosen}
    return {name.replace("/", "_"): encode_png(found[name]) for name in sorted(found)}


def edited(scene: NDArray[np.uint8], jobs: Iterable[Job], painter: Painter, context: float) -> NDArray[np.uint8]:
    """A copy of the scene (H, W, 3) with every job's word in its place; outside their seams nothing changes."""
    result = scene.copy()
    for job in jobs:
        patch = paint_job(scene, job, painter, context)
        result[patch.where] = patch.on(result)
    return result


def shown_jobs(rows: Iterable[Mapping[str, Any]]) -> dict[str, dict[int, Job]]:
    """Of each place (photograph and number) the first word that did not stand there before, or else the first one."""
    jobs: dict[str, dict[int, Job]] = defaultdict(dict)
    for row in rows:
        shown = jobs[row["scene"]].get(row["instance"])
        if shown is None or shown["kind"] == "identity" != row["kind"]:
            jobs[row["scene"]][row["instance"]] = {**row, "text": row["label"]}
    return jobs
