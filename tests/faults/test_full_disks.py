"""A disk that fills up anywhere on the way from photographs to words leaves what was made before as it was."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from str_pipelines.datasets.handles import SceneLmdbDataset, WordLmdbDataset
from str_pipelines.execution import Execution
from str_pipelines.hooks.remedies import remedy_of
from str_pipelines.imaging.fonts import bundled_fonts
from str_pipelines.sources.config import FolderSource, ScenesParams
from str_pipelines.sources.scenes import ingest
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.environments import close_all
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.storage.verify import verify
from str_pipelines.storage.words import WordLmdb
from str_pipelines.synthesis.accept import accept
from str_pipelines.synthesis.anchors import choose
from str_pipelines.synthesis.config import AcceptParams, AnchorParams, PaintParams, TextParams
from str_pipelines.synthesis.paint import paint_words
from str_pipelines.synthesis.proposals import propose
from str_pipelines.zoo import load_painter
from tests.faults.conftest import Resize
from tests.sources.conftest import Frame, picture
from tests.synthesis.conftest import as_painted
from tools.disks import used

ROOM = "size=64m"
SIZES = 6


def make(data: Path, photographs: Path, limit: int) -> tuple[str, str]:
    """What a run over ingest.scenes and synthesize makes, and the digests of it."""
    here = Execution(backend="serial", workers=1, work=data / "work")
    scenes, words = SceneLmdbDataset(str(data / "scenes")), WordLmdbDataset(str(data / "words"))
    source = FolderSource(kind="folder", root=photographs)
    scenes.save(ingest(ScenesParams(source=source, limit=limit, shard_size=2), here, Frame()))
    photographed = SceneLmdb.at(data / "scenes")
    jobs = propose(
        choose(photographed, AnchorParams(), here),
        TextParams(lexicon=str(photographs / "words.txt"), per_anchor=4),
        here,
    )
    painter = load_painter(Checkpoint.at("paste"), [str(bundled_fonts()[0])])
    painted = paint_words(jobs, photographed, painter, PaintParams(shard_size=2), here, "paint")
    words.save(accept(painted, as_painted(painted, data), AcceptParams(), here))
    return whole(data)


def whole(data: Path) -> tuple[str, str]:
    """The digests of both sets, every byte of which is as it was written."""
    scenes, words = SceneLmdb.at(data / "scenes"), WordLmdb.at(data / "words")
    assert not list(verify(scenes)) and not list(verify(words))
    return scenes.digest, words.digest


def test_whatever_the_size_of_the_disk(disk: Path, remount: Resize, tmp_path: Path) -> None:
    remount(ROOM)
    photographs, data, failed = tmp_path / "photographs", disk / "data", 0
    photographs.mkdir()
    for number in range(4):
        (photographs / f"{number}.png").write_bytes(picture(number, (60, 120)))
    (photographs / "words.txt").write_text("one\ntwo\nsix\nten\nred\nsky\nsun\nsea\n")  # quicker than the bundled one
    before = make(tmp_path / "before", photographs, limit=1)
    shutil.copytree(tmp_path / "before", data)
    least, after, most = used(disk), make(data, photographs, limit=4), used(disk)
    for number in range(SIZES):
        close_all()  # a file that is open takes its room until then
        shutil.rmtree(data)
        shutil.copytree(tmp_path / "before", data)
        remount(f"size={least + number * (most - least) // SIZES}")
        with pytest.raises(OSError) as caught:
            make(data, photographs, limit=4)
        assert f"bytes are free at {disk}" in remedy_of(caught.value, [data])
        found = whole(data)
        assert found[0] in (before[0], after[0]) and found[1] == before[1]
        failed += found[0] == after[0]
        remount(ROOM)
        assert make(data, photographs, limit=4) == after
        assert not list(data.rglob("*.part-*"))
    assert 0 < failed < SIZES, "some had room for the photographs and not for the words"
