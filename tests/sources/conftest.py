"""Small pictures, and a finder that sees what it is told to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from str_pipelines.execution import Execution
from str_pipelines.imaging.decode import encode_png
from str_pipelines.records import Instance, Rejection, Scene
from str_pipelines.sources.scenes import SceneSource


def picture(seed: int = 0, size: tuple[int, int] = (30, 50)) -> bytes:
    """A PNG of this height and width."""
    return encode_png(np.random.default_rng(seed).integers(0, 256, (*size, 3), dtype=np.uint8))


def records(source: SceneSource) -> tuple[list[Scene], list[Rejection]]:
    """Everything in a source."""
    found = list(source.scenes(range(len(source))))
    return [r for r in found if isinstance(r, Scene)], [r for r in found if isinstance(r, Rejection)]


@dataclass(frozen=True)
class Frame:
    """A finder that sees one word, a pixel inside the border of every picture wider than `least`."""

    least: int = 0
    digest: str = "frame"

    def find(self, image: NDArray[np.uint8]) -> list[Instance]:
        """The word."""
        bottom, right = image.shape[0] - 1.0, image.shape[1] - 1.0
        return (
            [Instance(((1, 1), (right, 1), (right, bottom), (1, bottom)), "", hint="SEEN")]
            if right > self.least
            else []
        )


@pytest.fixture
def here(tmp_path: Path) -> Execution:
    """In this process, below the test's folder."""
    return Execution(backend="serial", workers=1, work=tmp_path / "work")
