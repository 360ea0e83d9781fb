from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import lmdb
import numpy as np
import pytest

from str_pipelines.execution import Execution
from str_pipelines.records import Instance, Scene
from str_pipelines.sources.config import LmdbSource, ScenesParams
from str_pipelines.sources.lmdb import LmdbTree
from str_pipelines.sources.scenes import ingest
from str_pipelines.storage.environments import close_all

from .conftest import Frame, picture, records

BOX = [[2, 3], [40, 3], [40, 20], [2, 20]]


def put(folder: Path, entries: Mapping[bytes, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    with lmdb.open(str(folder), map_size=1 << 24) as environment, environment.begin(write=True) as transaction:
        for key, value in entries.items():
            transaction.put(key, value)
    (folder / "lock.mdb").unlink()
    return folder / "data.mdb"


def photograph(identity: str, *words: Any, seed: int = 0) -> dict[bytes, bytes]:
    """The two values of a photograph, as TextSSR has them: without language and valid."""
    annotations = list(words) or [{"polygon": BOX, "text": "OPEN"}]
    return {
        f"image-{identity}".encode(): picture(seed),
        f"annotations-{identity}".encode(): json.dumps(annotations, ensure_ascii=False).encode(),
    }


def tree(root: Path) -> Path:
    put(root / "step1_lmdb/laion", {**photograph("7"), **photograph("img_1.jpg", seed=1), b"num-samples": b"2"})
    put(root / "step1_lmdb/wukong_1of5", photograph("000000001", seed=2))
    put(root / "step2_lmdb", photograph("é/x", {"polygon": BOX, "text": "醉域", "language": "Chinese", "valid": False}))
    return root


def source(root: Path, here: Execution, limit: int | None = None) -> LmdbTree:
    return LmdbTree(LmdbSource(kind="lmdb", root=root), here, limit)


def test_every_leaf_is_read_and_ids_begin_with_its_folder(tmp_path: Path, here: Execution) -> None:
    scenes, rejections = records(source(tree(tmp_path), here))
    assert [(scene.id, scene.source) for scene in scenes] == [
        ("step1_lmdb/laion/7", "step1_lmdb/laion"), ("step1_lmdb/laion/img_1.jpg", "step1_lmdb/laion"),
        ("step1_lmdb/wukong_1of5/000000001", "step1_lmdb/wukong_1of5"), ("step2_lmdb/é/x", "step2_lmdb"),
    ]  # fmt: skip
    corners = ((2, 3), (40, 3), (40, 20), (2, 20))
    assert scenes[0] == Scene("step1_lmdb/laion/7", picture(0), (Instance(corners, "OPEN"),), "step1_lmdb/laion")
    assert scenes[3].instances == (Instance(corners, "醉域", "Chinese", False),)
    assert not rejections


def test_a_root_may_be_the_only_leaf(tmp_path: Path, here: Execution) -> None:
    put(tmp_path / "set", photograph("7"))
    [scene], _ = records(source(tmp_path / "set", here))
    assert scene.id == "7"


def test_half_a_photograph_and_what_is_no_annotation(tmp_path: Path, here: Execution) -> None:
    path = put(
        tmp_path / "set",
        {
            **photograph("a"),
            b"image-b": picture(),
            b"annotations-c": b"[]",
            b"image-\xff": picture(),
            **photograph("d\n"),
            **photograph("n" * 450),
            **photograph(
                "e", {"polygon": BOX, "text": ""}, {"polygon": [], "text": "x"}, {"polygon": BOX, "text": "ok"}
            ),
            **photograph("f"),
            b"annotations-f": b'[{"polygon": [[NaN, 1], [2, 3], [4, 5]], "text": "x"}]',
            **photograph("g"),
            b"annotations-g": b'{"polygon": []}',
            **photograph("h"),
            b"annotations-h": b'[{"polygon"',
            **photograph("i"),
            b"annotations-i": b"\xff",
            **photograph("j"),
            b"annotations-j": b"[" * 100_000,
        },
    )
    scenes, rejections = records(source(tmp_path, here))
    assert [(scene.id, len(scene.instances)) for scene in scenes] == [("set/a", 1), ("set/e", 1)]
    assert [(r.record, r.reason) for r in rejections] == [
        ("set/b", "annotations_missing"), ("set/c", "image_missing"), (r"'set/d\n'", "id_malformed"),
        ("set/e#0", "text_too_short"), ("set/e#1", "polygon_too_short"), ("set/f", "annotations_malformed"),
        ("set/g", "annotations_malformed"), ("set/h", "annotations_malformed"), ("set/i", "annotations_malformed"),
        ("set/j", "annotations_malformed"), ("set/" + "n" * 450, "id_too_long"), (r"set/b'\xff'", "id_malformed"),
    ]  # fmt: skip
    assert {r.source for r in rejections} == {str(path)}


def test_a_picture_that_cannot_be_decoded_is_named(tmp_path: Path, here: Execution) -> None:
    put(
        tmp_path / "raw/set",
        {**photograph("a"), **photograph("b"), b"image-b": b"GIF89a", **photograph("c"), b"image-c": b""},
    )
    scenes = ingest(ScenesParams(source=LmdbSource(kind="lmdb", root=tmp_path / "raw")), here, Frame())
    assert [(r.record, r.reason) for r in scenes.rejections()] == [
        ("set/b", "image_unreadable"),
        ("set/c", "image_empty"),
    ]


def test_where_there_is_no_lmdb_or_one_inside_another(tmp_path: Path, here: Execution) -> None:
    with pytest.raises(FileNotFoundError, match=r"no data\.mdb there or below; data/README\.md has the layout"):
        source(tmp_path, here)
    with pytest.raises(FileNotFoundError, match=r"nowhere: no such folder; ingest\.scenes\.read\.source\.root"):
        source(tmp_path / "nowhere", here)
    put(tmp_path / "outer", photograph("inner/a"))
    put(tmp_path / "outer/inner", photograph("a"))
    with pytest.raises(ValueError, match=r"outer/inner is an LMDB inside the LMDB .*outer; move it elsewhere"):
        source(tmp_path, here)


def test_an_lmdb_of_words_has_no_photographs(tmp_path: Path, here: Execution) -> None:
    put(tmp_path / "raw/words", {b"image-000000001": picture(), b"label-000000001": b"x", b"num-samples": b"1"})
    with pytest.raises(ValueError, match=r"can be used: 1 annotations_missing; words/000000001: .*`annotations-<id>`"):
        ingest(ScenesParams(source=LmdbSource(kind="lmdb", root=tmp_path / "raw")), here, Frame())


def test_limit_workers_and_shards(tmp_path: Path) -> None:
    root = put(tmp_path / "raw/set", {k: v for n in range(9) for k, v in photograph(str(n), seed=n).items()}).parents[1]
    params = ScenesParams(source=LmdbSource(kind="lmdb", root=root))
    digests = {
        ingest(
            params.model_copy(update={"shard_size": size}),
            Execution(work=tmp_path / str(size), workers=workers),
            Frame(),
        ).digest
        for size, workers in ((64, 1), (2, 2))
    }
    assert len(digests) == 1
    few = ingest(params.model_copy(update={"limit": 4}), Execution(backend="serial", work=tmp_path / "few"), Frame())
    assert few.ids() == ["set/0", "set/1", "set/2", "set/3"]


def test_a_change_is_seen(tmp_path: Path, here: Execution) -> None:
    put(tmp_path / "set", photograph("a"))
    first = source(tmp_path, here)
    assert source(tmp_path, here).digest == first.digest
    close_all()
    put(tmp_path / "set", photograph("b"))
    assert source(tmp_path, here).digest != first.digest and len(source(tmp_path, here)) == 2


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
def test_a_file_that_was_cut_is_named_before_it_is_read(tmp_path: Path, here: Execution, share: float) -> None:
    path = put(tmp_path / "set", {k: v for n in range(40) for k, v in photograph(str(n), seed=n).items()})
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(ValueError, match=r"set/data\.mdb.*(copy|copied).*make it again"):
        source(tmp_path, here)


def test_no_picture_is_touched_for_the_index(tmp_path: Path, here: Execution) -> None:
    """Pages of pictures would be in memory afterwards; there is 20 MB of them."""
    noise = np.random.default_rng(0).integers(0, 256, (10, 2_000_000), dtype=np.uint8)
    entries = {f"image-{n}".encode(): noise[n].tobytes() for n in range(10)}
    folder = tmp_path / "set"
    folder.mkdir()
    with lmdb.open(str(folder), map_size=1 << 26) as environment, environment.begin(write=True) as transaction:
        for key, value in {**entries, **{k.replace(b"image", b"annotations"): b"[]" for k in entries}}.items():
            transaction.put(key, value)
    code = (
        "import sys, os; from pathlib import Path\n"
        "from str_pipelines.sources.lmdb import _pairs\n"
        "from str_pipelines.storage.environments import environment\n"
        "os.posix_fadvise(os.open(sys.argv[1] + '/data.mdb', os.O_RDONLY), 0, 0, os.POSIX_FADV_DONTNEED)\n"
        "list(_pairs(Path(sys.argv[1])))\n"
        "mapped = Path('/proc/self/smaps').read_text().split('data.mdb')[1].splitlines()\n"
        "print(next(line.split()[1] for line in mapped if line.startswith('Rss')))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 2_000  # kB
