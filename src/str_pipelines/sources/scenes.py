"""Scene sources behind one interface, and the step that writes any of them to a scene LMDB."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache, partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from str_pipelines.execution import Execution, run_shards
from str_pipelines.imaging.decode import decode
from str_pipelines.records import Refused, Rejection, Scene
from str_pipelines.sources import config as c
from str_pipelines.sources.anyword import AnyWord
from str_pipelines.sources.benchmark import Benchmark
from str_pipelines.sources.demo import Demo
from str_pipelines.sources.folder import Finder, Folder
from str_pipelines.sources.lmdb import LmdbTree
from str_pipelines.sources.photograph import Photograph
from str_pipelines.storage.digests import work_key
from str_pipelines.storage.scenes import SceneLmdb, SceneWriter

STEP, VERSION = "ingest.scenes", 2


class SceneSource(Protocol):
    """A raw set that knows how many photographs it lists and reads any range of them."""

    digest: str
    """Changes when the listing or a file of it changes."""

    def __len__(self) -> int: ...

    def scenes(self, span: range) -> Iterator[Scene | Rejection]:
        """The photographs of a range of the listing, and why a photograph or an instance of one cannot be used."""
        ...


def open_source(params: c.ScenesParams, execution: Execution, finder: Finder) -> SceneSource:
    """The source of a configuration; its listing is read here, its photographs are not."""
    match params.source:
        case c.DemoSource():
            return Demo()
        case c.BenchmarkSource() as source:
            return Benchmark(source)
        case c.FolderSource() as source:
            return Folder(source, finder)
        case c.PhotographSource() as source:
            return Photograph(source)
        case c.AnyWordSource() as source:
            return AnyWord(source, execution, params.limit)
        case c.LmdbSource() as source:
            return LmdbTree(source, execution, params.limit)


def size_of(source: SceneSource, params: c.ScenesParams) -> int:
    """How many of the listed photographs are to be read."""
    return min(len(source), params.limit or len(source))


def ingest(params: c.ScenesParams, execution: Execution, finder: Finder) -> SceneLmdb:
    """Write the photographs of a source to a scene LMDB, every one decoded once to know that it can be.

    Args:
        finder: places the words where nobody has; nothing of it is loaded for other kinds of sources.

    Raises:
        FileNotFoundError: a listing is missing.
        ValueError: a listing cannot be read, or none of its photographs can be used.
    """
    source = open_source(params, execution, finder)
    count = size_of(source, params)
    key = work_key(STEP, VERSION, {"count": count, "shard_size": params.shard}, source.digest)
    scenes = run_shards(
        SceneLmdb,
        SceneWriter,
        partial(_write, params, execution, finder, source.digest),
        count,
        params.shard,
        step=STEP,
        key=key,
        execution=execution,
        made={"source": params.source.model_dump(mode="json"), "limit": params.limit},
    )
    if not len(scenes):
        raise ValueError(f"no photograph of {params.source!r} can be used: {_why(scenes)}")
    return scenes


def decoded(source: SceneSource, span: range) -> Iterator[tuple[Scene, NDArray[np.uint8]] | Rejection]:
    """The photographs of a range with their pixels (H, W, 3), and all rejections."""
    for record in source.scenes(span):
        if isinstance(record, Rejection):
            yield record
            continue
        try:
            yield record, decode(record.image)
        except Refused as refused:
            yield Rejection(record.source, record.id, refused.reason, refused.detail)


@lru_cache(maxsize=1)
def reopened(params: c.ScenesParams, execution: Execution, finder: Finder, digest: str) -> SceneSource:
    """The source as it was when the run began, its listing read once a process.

    Raises:
        ValueError: it has changed since.
    """
    source = open_source(params, execution, finder)
    if source.digest != digest:
        raise ValueError(f"{params.source!r} has changed since this step began; run it again")
    return source


def _write(
    params: c.ScenesParams, execution: Execution, finder: Finder, digest: str, span: range, writer: SceneWriter
) -> None:
    for record in decoded(reopened(params, execution, finder, digest), span):
        if isinstance(record, Rejection):
            writer.reject(record)
            continue
        scene, _ = record
        try:
            writer.add(scene)
        except Refused as refused:
            writer.reject(Rejection(scene.source, scene.id, refused.reason, refused.detail))


def _why(scenes: SceneLmdb) -> str:
    rejections = list(scenes.rejections())
    if not rejections:
        return "none is listed; data/README.md has the layouts of raw sets"
    reasons = Counter(rejection.reason for rejection in rejections)
    counts = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
    return f"{counts}; {rejections[0].record}: {rejections[0].detail}"
