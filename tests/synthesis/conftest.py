"""Two small photographs, places in them, and painters that leave no doubt where they painted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from str_pipelines.execution import Execution
from str_pipelines.imaging.decode import encode_png
from str_pipelines.imaging.painter import Painted
from str_pipelines.records import Instance, Refused, Scene, Table
from str_pipelines.storage.digests import canonical, record_digest
from str_pipelines.storage.scenes import SceneLmdb, SceneWriter
from str_pipelines.storage.tables import write_table
from str_pipelines.storage.words import WordLmdb

HEIGHT, WIDTH = 140, 220
QUADS = (
    ((20, 20), (100, 20), (100, 44), (20, 44)),
    ((120, 30), (200, 44), (196, 70), (116, 56)),
    ((30, 70), (54, 70), (54, 130), (30, 130)),  # a column
    ((150, 90), (221, 90), (221, 116), (150, 116)),  # reaches over the border
)


@dataclass
class Noise:
    """Every pixel another one, drawn by the job's seed; refuses the words in `refused`."""

    refused: tuple[str, ...] = ()
    digest: str = "noise"

    def __call__(self, scene: NDArray[np.uint8], quad: NDArray[np.float64], text: str, seed: int) -> Painted:
        if text in self.refused:
            raise Refused("no_font", f"for {text!r}")
        noise = np.random.default_rng(seed).integers(0, 256, (7, 11, 3), dtype=np.uint8)
        smooth = np.kron(noise, np.ones((40, 40, 1), np.uint8))[: scene.shape[0], : scene.shape[1]]
        return Painted(scene // 4 + smooth // 2, {"font": f"Noise {seed % 3}"})


def photograph(seed: int) -> NDArray[np.uint8]:
    """(HEIGHT, WIDTH, 3) with something at every scale."""
    rng = np.random.default_rng(seed)
    coarse = np.kron(rng.integers(40, 200, (7, 11, 3)), np.ones((20, 20, 1), np.int64))
    return np.asarray(coarse + rng.integers(0, 40, (HEIGHT, WIDTH, 3)), np.uint8)


@pytest.fixture
def scenes(tmp_path: Path) -> SceneLmdb:
    """Two photographs of two sources, each with a word in three of its places and nothing in the fourth."""
    with SceneWriter(tmp_path / "scenes") as writer:
        for number, source in enumerate(("street", "shop")):
            texts = ("OPEN", "Sale", "bar", "")
            instances = tuple(
                Instance(tuple((float(x), float(y)) for x, y in quad), text)
                for quad, text in zip(QUADS, texts, strict=True)
            )
            writer.add(Scene(f"{source}/a.png", encode_png(photograph(number)), instances, source))
        writer.finish()
    return SceneLmdb.at(tmp_path / "scenes")


def job(scene: str = "street/a.png", instance: int = 0, rank: int = 0, **changes: Any) -> dict[str, Any]:
    """One row of the table that `propose` makes."""
    text = ("OPEN", "NEPO", "HOUR")[rank]
    row = {
        "id": f"{scene}#{instance}.{rank}", "scene": scene, "source": scene.split("/")[0], "instance": instance,
        "quad": [float(value) for point in QUADS[instance] for value in point],
        "source_text": ("OPEN", "Sale", "bar", "")[instance], "text": text,
        "kind": ("identity", "permutation", "word")[rank],
    }  # fmt: skip
    seed = int.from_bytes(record_digest(canonical(row))[:6], "little")
    return {**row, "seed": seed, "jpeg": 0, **changes}


@pytest.fixture
def jobs(tmp_path: Path) -> Table:
    """Three texts for each of the eight places."""
    names = ("street/a.png", "shop/a.png")
    rows = [job(scene, instance, rank) for scene in names for instance in range(4) for rank in range(3)]
    return write_table(tmp_path / "jobs.parquet", rows)


@pytest.fixture
def here(tmp_path: Path) -> Execution:
    """In this process, below the test's folder."""
    return Execution(backend="serial", workers=1, work=tmp_path / "work")


def as_painted(words: WordLmdb, folder: Path, **other: dict[str, Any]) -> Table:
    """The readings of a recognizer that reads what was painted; `other` has what it says of some, by id."""
    rows = [
        {"index": i, "id": word.id, "label": word.label, "reading": word.label, "confidence": 1.0, "reason": ""}
        for i, word in enumerate(words)
    ]
    return write_table(folder / "readings.parquet", [row | other.get(str(row["id"]), {}) for row in rows])
