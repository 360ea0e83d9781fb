from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from str_pipelines.execution import Execution
from str_pipelines.imaging.decode import decode, size_of
from str_pipelines.imaging.own_jpeg import jpeg_quality
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.storage.verify import verify
from str_pipelines.synthesis.config import RenderedScenesParams
from str_pipelines.synthesis.rendered_scenes import card, render_scenes
from str_pipelines.zoo import load_painter

RENDER = load_painter(Checkpoint.at("render"))


def params(**changes: object) -> RenderedScenesParams:
    return RenderedScenesParams.model_validate({"count": 12, "shard_size": 5, **changes})


def test_scenes_have_their_words_as_instances(here: Execution) -> None:
    scenes = render_scenes(RENDER, params(), here)
    assert len(scenes) == 12 and not list(verify(scenes))
    for scene in scenes:
        width, height = size_of(scene.image)
        assert 160 <= width == height <= 320 and 90 <= (jpeg_quality(scene.image) or 0) <= 95
        assert scene.instances and all(i.valid and i.language == "Latin" and i.text for i in scene.instances)
        corners = np.array([instance.polygon for instance in scene.instances])
        assert corners.min() >= 0 and corners.max() <= width


def test_neither_shards_nor_workers_show_but_the_seed_does(tmp_path: Path) -> None:
    runs = (("a", params(), 1), ("b", params(shard_size=4), 2), ("c", params(seed=1), 1))
    digests = [render_scenes(RENDER, given, Execution(workers=n, work=tmp_path / at)).digest for at, given, n in runs]
    assert digests[0] == digests[1] != digests[2]


def test_scenes_may_be_the_ground(scenes: SceneLmdb, here: Execution) -> None:
    plain, pieces = (render_scenes(RENDER, params(grounds=g), here) for g in ("", str(scenes.path)))
    assert plain.digest != pieces.digest and len(pieces) == 12


def test_other_scripts_have_no_language(here: Execution, tmp_path: Path) -> None:
    for name, words in (("words.txt", "αβγ\nδρόμος\n"), ("letters.txt", "\n".join("αβγδρόμοςΑΒΓΔΡΌΜΟΣ"))):
        (tmp_path / name).write_text(words, encoding="utf-8")
    greek = params(count=3, signs=0, lexicon=str(tmp_path / "words.txt"), charset=str(tmp_path / "letters.txt"))
    assert {i.language for scene in render_scenes(RENDER, greek, here) for i in scene.instances} == {""}


def test_what_cannot_be_drawn_is_a_rejection(here: Execution, tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("incomprehensibilities\n", encoding="utf-8")
    scenes = render_scenes(RENDER, params(count=3, signs=0, lexicon=str(tmp_path / "words.txt")), here)
    assert len(scenes) == 0 and scenes.manifest.rejected == {"no_text": 3}


def test_the_card_counts_and_shows(here: Execution) -> None:
    scenes = render_scenes(RENDER, params(), here)
    report = card(scenes)
    words = sum(len(scene.instances) for scene in scenes)
    assert report.metrics["rendered"]["scenes"] == 12 and report.metrics["rendered"]["words"] == words
    assert all(sum(row["words"] for row in table) == words for table in report.tables.values())
    assert decode(report.sheets["rendered_scenes"]).shape[2] == 3 and "12 scenes" in report.text


def test_only_the_renderer_draws_signs(here: Execution) -> None:
    with pytest.raises(ValueError, match="`render`"):
        render_scenes(load_painter(Checkpoint.at("paste")), params(), here)
