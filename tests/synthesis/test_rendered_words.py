from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from str_pipelines.execution import Execution
from str_pipelines.imaging.decode import decode, size_of
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.synthesis.config import RenderedWordsParams
from str_pipelines.synthesis.rendered_words import Photographs, card, render_words
from str_pipelines.zoo import load_painter

RENDER = load_painter(Checkpoint.at("render"))


def params(**changes: object) -> RenderedWordsParams:
    return RenderedWordsParams.model_validate({"count": 12, "shard_size": 5, **changes})


def test_words_have_their_font_and_characters_in_the_sidecar(here: Execution) -> None:
    words = render_words(RENDER, params(), here)
    assert len(words) == 12
    for word in words:
        assert size_of(word.image) == word.size and 32 <= word.size[1] <= 64 and word.facts["font"]
        assert len(word.facts["characters"]) == 8 * len(word.label)


def test_neither_shards_nor_workers_show_but_the_seed_does(tmp_path: Path) -> None:
    runs = (("a", params(), 1), ("b", params(shard_size=4), 2), ("c", params(seed=1), 1))
    digests = [render_words(RENDER, given, Execution(workers=n, work=tmp_path / at)).digest for at, given, n in runs]
    assert digests[0] == digests[1] != digests[2]


def test_scenes_may_be_the_ground(scenes: SceneLmdb, here: Execution) -> None:
    grounds = Photographs(scenes)
    assert len(grounds) == len(scenes) and np.array_equal(grounds[1], decode(scenes[1].image))
    assert len(grounds[0:2]) == 2
    plain, pieces = (render_words(RENDER, params(grounds=g), here) for g in ("", str(scenes.path)))
    assert plain.digest != pieces.digest and len(pieces) == 12


def test_the_card_counts_and_shows(here: Execution) -> None:
    report = card(render_words(RENDER, params(charset="36"), here))
    assert report.metrics["rendered"]["words"] == 12 and report.metrics["rendered"]["characters"] <= 36
    assert decode(report.sheets["rendered_words"]).shape[2] == 3 and "12 words" in report.text


def test_a_lexicon_beyond_the_charset_and_a_painter_without_words_are_refused(here: Execution, tmp_path: Path) -> None:
    (tmp_path / "zh.txt").write_text("漢字\n", encoding="utf-8")
    with pytest.raises(ValueError, match="charset 36 has no word"):
        render_words(RENDER, params(lexicon=str(tmp_path / "zh.txt"), charset="36"), here)
    with pytest.raises(ValueError, match="`render`"):
        render_words(load_painter(Checkpoint.at("paste")), params(), here)
