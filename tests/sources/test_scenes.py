from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from str_pipelines.execution import Execution
from str_pipelines.imaging.decode import encode_png
from str_pipelines.records import Instance
from str_pipelines.sources.config import BenchmarkSource, DemoSource, ScenesParams
from str_pipelines.sources.demo import Demo
from str_pipelines.sources.scenes import ingest
from str_pipelines.storage.scenes import SceneLmdb

NAMES = ("a.png", "b.png", "c.png", "d.png", "e.png")


def write(root: Path) -> BenchmarkSource:
    """Five photographs with one word each; `c.png` is cut short."""
    images = root / "x" / "images"
    images.mkdir(parents=True)
    rng = np.random.default_rng(0)
    entries = []
    for name in NAMES:
        data = encode_png(rng.integers(0, 256, (30, 50, 3), dtype=np.uint8))
        (images / name).write_bytes(data[:1000] if name == "c.png" else data)
        word = {"polygon": [[2, 3], [40, 3], [40, 20], [2, 20]], "text": name}
        entries.append({"img_name": name, "annotations": [word, {}]})
    (root / "x" / "test.json").write_text(json.dumps({"data_list": entries}))
    return BenchmarkSource(kind="benchmark", root=root, sets=("x",))


class Nobody:
    """A finder that must not be asked."""

    digest = "nobody"

    def find(self, image: NDArray[np.uint8]) -> list[Instance]:
        raise AssertionError("only a folder of photographs needs a finder")


def here(folder: Path) -> Execution:
    return Execution(backend="serial", workers=1, work=folder)


def test_photographs_come_through_as_they_are_and_the_rest_is_listed(tmp_path: Path) -> None:
    source = write(tmp_path / "raw")
    scenes = ingest(ScenesParams(source=source, shard_size=2), here(tmp_path / "work"), Nobody())
    assert scenes.ids() == ["x/a.png", "x/b.png", "x/d.png", "x/e.png"]
    assert scenes.find("x/b.png").image == (tmp_path / "raw" / "x" / "images" / "b.png").read_bytes()
    assert [instance.text for scene in scenes for instance in scene.instances] == ["a.png", "b.png", "d.png", "e.png"]
    reasons = [(rejection.record, rejection.reason) for rejection in scenes.rejections()]
    assert ("x/c.png", "image_truncated") in reasons
    assert reasons.count(("x/a.png#1", "polygon_malformed")) == 1 and len(reasons) == 6
    assert scenes.manifest.rejected == {"polygon_malformed": 5, "image_truncated": 1}


def test_shards_and_workers_do_not_show(tmp_path: Path) -> None:
    source = write(tmp_path / "raw")
    digests = set()
    for size, workers in ((64, 1), (2, 2), (1, 1)):
        execution = Execution(work=tmp_path / str(size), workers=workers)
        digests.add(ingest(ScenesParams(source=source, shard_size=size), execution, Nobody()).digest)
    assert len(digests) == 1


def test_a_limit_stops_early(tmp_path: Path) -> None:
    source = write(tmp_path / "raw")
    assert len(ingest(ScenesParams(source=source, limit=2), here(tmp_path / "work"), Nobody())) == 2
    assert len(ingest(ScenesParams(source=source, limit=99), here(tmp_path / "work"), Nobody())) == 4


def test_the_same_again_is_found_done_and_a_change_is_seen(tmp_path: Path) -> None:
    params = ScenesParams(source=write(tmp_path / "raw"))
    first = ingest(params, here(tmp_path / "work"), Nobody())
    assert ingest(params, here(tmp_path / "work"), Nobody()) == first
    (tmp_path / "raw" / "x" / "images" / "c.png").write_bytes(encode_png(np.zeros((9, 9, 3), np.uint8)))
    second = ingest(params, here(tmp_path / "work"), Nobody())
    assert (len(second), second.digest != first.digest) == (5, True)


def test_a_source_without_a_usable_photograph_says_why(tmp_path: Path) -> None:
    source = write(tmp_path / "raw")
    for name in NAMES:
        (tmp_path / "raw" / "x" / "images" / name).unlink()
    with pytest.raises(ValueError, match=r"can be used: 5 image_missing; x/a\.png: .*images/a\.png"):
        ingest(ScenesParams(source=source), here(tmp_path / "work"), Nobody())
    (tmp_path / "raw" / "x" / "test.json").write_text('{"data_list": []}')
    with pytest.raises(ValueError, match=r"can be used: none is listed; data/README\.md"):
        ingest(ScenesParams(source=source), here(tmp_path / "work"), Nobody())


def test_the_demonstration_needs_no_data(tmp_path: Path) -> None:
    scenes = ingest(ScenesParams(source=DemoSource(kind="demo")), here(tmp_path / "work"), Nobody())
    assert len(scenes) == len(Demo())
    assert SceneLmdb.at(scenes.path) == scenes
    assert not list(scenes.rejections())
