"""The real words of a benchmark folder in TextSSR's layout, each in its photograph."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.decode import decode
from str_pipelines.imaging.quads import quad_of
from str_pipelines.records import Rejection
from str_pipelines.sources.benchmark import Benchmark
from str_pipelines.sources.config import BenchmarkSource
from str_pipelines.text.normalisers import alnum


class RealWord(NamedTuple):
    """A photograph (H, W, 3) uint8 RGB, the `number`th word in it, its quad (4, 2), and what it says."""

    photograph: NDArray[np.uint8]
    scene: str
    number: int
    quad: NDArray[np.float64]
    text: str


def real_words(root: Path, name: str, part: str | None) -> Iterator[RealWord]:
    """All words that are marked valid and have a letter or digit, those of a photograph one after the other."""
    photographs = Benchmark(BenchmarkSource(kind="benchmark", root=root, sets=(name,), part=part))
    for scene in photographs.scenes(range(len(photographs))):
        if isinstance(scene, Rejection):
            continue
        pixels = decode(scene.image)
        for number, instance in enumerate(scene.instances):
            if instance.valid and alnum(instance.text):
                yield RealWord(pixels, scene.id, number, quad_of(instance.polygon), instance.text)
