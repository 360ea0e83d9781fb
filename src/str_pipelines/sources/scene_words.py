"""Words cut out of annotated photographs, to be read: each along its quad, upright, at source scale."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from str_pipelines.execution import Execution, run_shards
from str_pipelines.imaging.crop import rectify, upright
from str_pipelines.imaging.decode import decode, encode_png
from str_pipelines.imaging.quads import quad_of
from str_pipelines.records import Instance, Refused, Rejection, Scene, Word
from str_pipelines.sources.benchmark import Benchmark
from str_pipelines.sources.config import BenchmarkSource
from str_pipelines.storage.digests import work_key
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.storage.words import WordLmdb, WordWriter

STEP, VERSION, SHARD = "evaluate.recognition.cut", 1, 64
Read = Callable[[range], Iterator[Scene | Rejection]]


def benchmark_words(source: BenchmarkSource, execution: Execution) -> WordLmdb:
    """The words of a folder in TextSSR's benchmark layout.

    Raises:
        FileNotFoundError, ValueError: as `Benchmark`.
    """
    photographs = Benchmark(source)
    read = partial(_listed, source, photographs.digest)
    return _cut(read, len(photographs), photographs.digest, execution)


def scene_words(scenes: SceneLmdb, execution: Execution) -> WordLmdb:
    """The words of a scene LMDB."""
    return _cut(partial(_stored, scenes), len(scenes), scenes.digest, execution)


def _cut(read: Read, count: int, digest: str, execution: Execution) -> WordLmdb:
    """What nobody could read, or what has no text, is among the rejections of the result."""
    key = work_key(STEP, VERSION, {"shard": SHARD}, digest)
    work = partial(_shard, read)
    return run_shards(WordLmdb, WordWriter, work, count, SHARD, step=STEP, key=key, execution=execution)


def _listed(source: BenchmarkSource, digest: str, span: range) -> Iterator[Scene | Rejection]:
    return _opened(source, digest).scenes(span)


@lru_cache(maxsize=1)
def _opened(source: BenchmarkSource, digest: str) -> Benchmark:
    photographs = Benchmark(source)
    if photographs.digest != digest:
        raise ValueError(f"{source.root} has changed since this step began; run it again")
    return photographs


def _stored(scenes: SceneLmdb, span: range) -> Iterator[Scene]:
    return (scenes[index] for index in span)


def _shard(read: Read, span: range, writer: WordWriter) -> None:
    for scene in read(span):
        if isinstance(scene, Rejection):
            writer.reject(scene)
            continue
        try:
            pixels = decode(scene.image)
        except Refused as refused:
            writer.reject(Rejection(scene.source, scene.id, refused.reason, refused.detail))
            continue
        for number, instance in enumerate(scene.instances):
            name = f"{scene.id}#{number}"
            try:
                writer.add(_word(pixels, name, scene.source, instance))
            except Refused as refused:
                writer.reject(Rejection(scene.source, name, refused.reason, refused.detail))


def _word(pixels: NDArray[np.uint8], name: str, source: str, instance: Instance) -> Word:
    if not instance.valid:
        raise Refused("marked_invalid", "the annotator could not read it")
    if not instance.text:
        raise Refused("no_text", "nobody has written down what it says")
    quad = quad_of(instance.polygon)
    cut = upright(rectify(pixels, quad))
    facts = {"quad": quad.ravel().tolist(), "language": instance.language}
    return Word(name, encode_png(cut), instance.text, (cut.shape[1], cut.shape[0]), source, facts)
