"""Scene sources behind one interface, and the step that writes any of them to a scene LMDB."""

from __future__ import annotations

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
        """The photographs of a range of the listing, or why one cannot be used."""
        ...


@lru_cache(maxsize=4)
def open_source(config: DemoSource | BenchmarkSource) -> SceneSource:
    """The source of a configuration; its listing is read here, its photographs are not."""
    return Demo() if isinstance(config, DemoSource) else Benchmark(config)


def ingest(params: ScenesParams, execution: Execution) -> SceneLmdb:
    """Write the photographs of a source to a scene LMDB, every one decoded once to know that it can be."""
    source = open_source(params.source)
    count = min(len(source), params.limit or len(source))
    if not count:
        raise ValueError(f"no photograph is listed by {params.source!r}; see data/README.md for where raw sets go")
    key = work_key(STEP, VERSION, {"count": count, "shard_size": params.shard_size}, source.digest)
    return run_shards(
        SceneLmdb,
        SceneWriter,
        partial(_write, params.source),
        count,
        params.shard_size,
        step=STEP,
        key=key,
        execution=execution,
        made={"source": params.source.model_dump(mode="json"), "limit": params.limit},
    )


def _write(config: DemoSource | BenchmarkSource, span: range, writer: SceneWriter) -> None:
    for record in open_source(config).scenes(span):
        if isinstance(record, Rejection):
            writer.reject(record)
            continue
        try:
            decode(record.image)
            writer.add(record)
        except Refused as refused:
            writer.reject(Rejection(record.source, record.id, refused.reason, refused.detail))
