"""Every kind of set, looked at: where it lies, how many photographs it has, and that a change of it shows."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import lmdb
import pytest

from str_pipelines.sources.config import DemoSource, Source, source_of
from str_pipelines.sources.raw import RawScenes

from .conftest import picture
from .test_anyword import write as write_anyword
from .test_scenes import write as write_benchmark


def folder(root: Path) -> Path:
    (root / "a.png").write_bytes(picture())
    return root / "a.png"


def benchmark(root: Path) -> Path:
    write_benchmark(root)
    return root / "x/images/a.png"


def tree(root: Path) -> Path:
    with lmdb.open(str(root / "one"), map_size=1 << 20) as opened, opened.begin(write=True) as transaction:
        transaction.put(b"image-1", picture())
    return root / "one/data.mdb"


Make = Callable[[Path], Path]
SETS: dict[str, tuple[Make, int | None]] = {
    "folder": (folder, 1),
    "benchmark": (benchmark, 5),
    "anyword": (write_anyword, None),
    "lmdb": (tree, None),
}


def source(kind: str, root: Path) -> Source:
    return source_of({"kind": kind, "root": root, **({"sets": "x"} if kind == "benchmark" else {})})


@pytest.mark.parametrize("kind", SETS)
def test_a_set_is_looked_at_and_a_change_shows(kind: str, tmp_path: Path) -> None:
    make, count = SETS[kind]
    file = make(tmp_path)
    raw = RawScenes.at(source(kind, tmp_path))
    assert (raw.path, raw.count, raw.source.kind) == (str(tmp_path), count, kind)
    assert RawScenes.at(source(kind, tmp_path)) == raw
    os.utime(file, (1, 1))
    assert RawScenes.at(source(kind, tmp_path)).digest != raw.digest


def test_one_photograph(tmp_path: Path) -> None:
    box = {"kind": "photograph", "path": folder(tmp_path), "box": "2 2 40 20"}
    raw = RawScenes.at(source_of(box))
    assert (raw.path, raw.count) == (str(tmp_path / "a.png"), 1)
    assert RawScenes.at(source_of({**box, "box": "2 2 40 21"})).digest != raw.digest


def test_the_demonstration_is_always_there() -> None:
    raw = RawScenes.at(DemoSource(kind="demo"))
    assert raw.count == 5 and "skimage/data/coffee.png" in raw.path


@pytest.mark.parametrize("kind", SETS)
def test_what_is_not_there_is_said(kind: str, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        RawScenes.at(source(kind, tmp_path / "nowhere"))
