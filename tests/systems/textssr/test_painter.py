"""A painter of three steps: it paints nothing to look at, but what it paints depends on what it should, and no more."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import torch

from str_pipelines.execution import Execution
from str_pipelines.imaging.painter import BatchPainter, Request
from str_pipelines.imaging.quads import quad_of
from str_pipelines.records import Refused
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.synthesis.anchors import choose
from str_pipelines.synthesis.config import AnchorParams, PaintParams, TextParams
from str_pipelines.synthesis.paint import paint_words
from str_pipelines.synthesis.proposals import propose
from str_pipelines.systems.textssr.config import SamplerParams
from str_pipelines.systems.textssr.painter import TextssrPainter
from str_pipelines.zoo import load_painter

SCENE = np.random.default_rng(0).integers(60, 200, (90, 120, 3), np.uint8)
QUAD = np.array([(20, 30), (80, 34), (80, 60), (20, 58)], np.float64)


@pytest.fixture
def painter(trained: tuple[Checkpoint, Checkpoint]) -> TextssrPainter:
    found = load_painter(trained[1])
    assert isinstance(found, TextssrPainter) and isinstance(found, BatchPainter)
    return found


def with_sampler(painter: TextssrPainter, **options: object) -> TextssrPainter:
    return TextssrPainter(painter.checkpoint, painter.fonts, painter.crop, SamplerParams.model_validate(options))


@pytest.mark.parametrize("scheduler", ["ddpm", "ddim", "dpm", "unipc"])
@pytest.mark.parametrize("guidance", [1.0, 2.0])
def test_a_word_does_not_depend_on_those_beside_it(painter: TextssrPainter, scheduler: str, guidance: float) -> None:
    painter = with_sampler(painter, scheduler=scheduler, guidance=guidance, steps=3, precision="fp32")
    requests = [Request(SCENE, QUAD, text, seed) for text, seed in (("OPEN", 1), ("SHUT", 2), ("OPEN", 3))]
    together = painter.paint(requests)
    for request, found in zip(requests, together, strict=True):
        alone = painter(*request).pixels
        assert not isinstance(found, Refused)
        assert np.abs(found.pixels.astype(int) - alone).max() <= 1  # the last bits of a float
    pixels = [found.pixels.tobytes() for found in together if not isinstance(found, Refused)]
    assert len(set(pixels)) == 3  # other texts and other seeds are other pictures


def test_a_word_does_not_depend_on_the_number_of_threads() -> None:
    painter, before = load_painter(Checkpoint.at("textssr_small")), torch.get_num_threads()
    assert isinstance(painter, TextssrPainter)
    requests = [Request(SCENE, QUAD, "OPEN", seed) for seed in range(24)]
    painted = []
    try:
        for threads in (1, 2):
            torch.set_num_threads(threads)
            painted.append([each.pixels.tobytes() for each in painter.paint(requests) if not isinstance(each, Refused)])
            assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)
    assert painted[0] == painted[1] and len(painted[0]) == 24


def test_steps_scheduler_guidance_and_weights_are_in_the_digest(
    painter: TextssrPainter, trained: tuple[Checkpoint, Checkpoint]
) -> None:
    others = [
        with_sampler(painter, steps=4),
        with_sampler(painter, scheduler="ddim"),
        with_sampler(painter, guidance=2),
        with_sampler(painter, precision="bf16"),
        with_sampler(painter, precision="fp32"),
    ]
    assert len({each.digest for each in others}) == 5
    assert pickle.loads(pickle.dumps(painter)).digest == painter.digest  # noqa: S301


def test_sixteen_bits_paint_nearly_the_same(painter: TextssrPainter) -> None:
    requests = [Request(SCENE, QUAD, "OPEN", seed) for seed in (1, 2)]
    exact, quick = (with_sampler(painter, steps=3, precision=each).paint(requests) for each in ("fp32", "bf16"))
    for one, other in zip(exact, quick, strict=True):
        assert not isinstance(one, Refused) and not isinstance(other, Refused)
        apart = np.abs(one.pixels.astype(int) - other.pixels)[30:60, 20:80]
        assert 0 < apart.mean() < 4


def test_what_cannot_be_painted_says_why(painter: TextssrPainter) -> None:
    flat = np.array([(0, 0), (100, 0), (100, 9), (0, 9)], np.float64)
    found = painter.paint(
        [Request(SCENE, QUAD, "水", 1), Request(SCENE, flat, "OPEN", 1), Request(SCENE, QUAD, "A", 1)]
    )
    assert [each.reason for each in found if isinstance(each, Refused)] == ["no_font", "too_flat"]
    with pytest.raises(Refused, match="text_too_long"):
        painter(SCENE, QUAD, "A" * 26, 1)


def test_a_set_is_painted_whatever_the_number_of_workers(
    painter: TextssrPainter, rendered: SceneLmdb, here: Execution
) -> None:
    jobs = propose(choose(rendered, AnchorParams(), here), TextParams(per_anchor=1, count=12), here)
    words = paint_words(jobs, rendered, painter, PaintParams(shard_size=4), here, "paint")
    again = here.model_copy(update={"workers": 2, "work": here.work / "again"})
    assert paint_words(jobs, rendered, painter, PaintParams(shard_size=4), again, "paint").digest == words.digest
    assert len(words) + len(list(words.rejections())) == jobs.rows > 5
    scene = next(iter(rendered))
    assert len(quad_of(scene.instances[0].polygon)) == 4
