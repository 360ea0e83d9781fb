"""Scene sources behind one interface, and the step that writes any of them to a scene LMDB."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache, partial
from typing import Protocol

from str_pipelines.execution import Execution, run_shards
from str_pipelines.imaging.decode import decode
from str_pipelines.records import Refused, Rejection, Scene
from str_pipelines.sources.benchmark import Benchmark
from str_pipelines.sources.config import BenchmarkSource, DemoSource, ScenesParams
from str_pipelines.sources.demo import Demo
from str_pipelines.storage.digests import work_key
from str_pipelines.storage.scenes import SceneLmdb, SceneWriter

STEP, VERSION = "ingest.scenes", 1


class SceneSource(Protocol):
    """A raw set that knows how many photographs it lists and reads any range of them."""

    digest: str
    """Changes when the listing or a file of it changes."""

    def __len__(self) -> int: ...

    def scenes(self, span: range) -> Iterator[Scene | Rejection]:
        """The photographs of a range of the listing, and why a photograph or an instance of one cannot be used."""
        ...


def open_source(config: DemoSource | BenchmarkSource) -> SceneSource:
    """The source of a configuration; its listing is read here, its photographs are not."""
    return Demo() if isinstance(config, DemoSource) else Benchmark(config)


def ingest(params: ScenesParams, execution: Execution) -> SceneLmdb:
    """Write the photographs of a source to a scene LMDB, every one decoded once to know that it can be.

    Raises:
        FileNotFoundError: a listing is missing.
        ValueError: a listing cannot be read, or none of its photographs can be used.
    """
    source = open_source(params.source)
    count = min(len(source), params.limit or len(source))
    key = work_key(STEP, VERSION, {"count": count, "shard_size": params.shard_size}, source.digest)
    scenes = run_shards(
        SceneLmdb,
        SceneWriter,
        partial(_write, params.source, source.digest),
        count,
        params.shard_size,
        step=STEP,
        key=key,
        execution=execution,
        made={"source": params.source.model_dump(mode="json"), "limit": params.limit},
    )
    if not len(scenes):
        raise ValueError(f"no photograph of {params.source!r} can be used: {_why(scenes)}")
    return scenes


def _why(scenes: SceneLmdb) -> str:
    rejections = list(scenes.rejections())
    if not rejections:
        return "none is listed; data/README.md has the layouts of raw sets"
    reasons = Counter(rejection.reason for rejection in rejections)
    counts = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
    return f"{counts}; {rejections[0].record}: {rejections[0].detail}"


def _write(config: DemoSource | BenchmarkSource, digest: str, span: range, writer: SceneWriter) -> None:
    for record in _opened(config, digest).scenes(span):
        if isinstance(record, Rejection):
            writer.reject(record)
            continue
        try:
            decode(record.image)
            writer.add(record)
        except Refused as refused:
            writer.reject(Rejection(record.source, record.id, refused.reason, refused.detail))


@lru_cache(maxsize=1)
def _opened(config: DemoSource | BenchmarkSource, digest: str) -> SceneSource:
    """The source as it was when the run began, its listing read once a process."""
    source = open_source(config)
    if source.digest != digest:
        raise ValueError(f"{config!r} has changed since this step began; run it again")
    return source
