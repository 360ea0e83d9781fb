"""Latents that are remembered are those that the VAE makes, and it is asked for them once."""

from __future__ import annotations

import pytest
import torch

from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.systems.textssr.config import CropParams, WordSetsParams
from str_pipelines.systems.textssr.known import KnownLatents, encoded, paper
from str_pipelines.systems.textssr.model import LatentCoder
from str_pipelines.systems.textssr.regions import gather

from .conftest import TINY

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def coder() -> LatentCoder:
    torch.manual_seed(0)
    return LatentCoder(TINY.vae).eval()


def test_a_square_is_encoded_once(rendered: SceneLmdb, coder: LatentCoder, monkeypatch: pytest.MonkeyPatch) -> None:
    regions = gather([rendered.path], WordSetsParams(), CropParams(squares=1), TINY)
    batch = [regions.sample(0, index) for index in range(3)]
    known = KnownLatents()
    first = known.of(coder, batch, CPU)
    assert first.shape == (3, 3, TINY.vae.out, 8, 8)
    assert torch.allclose(first, encoded(coder, batch, CPU), atol=2e-3)
    monkeypatch.setattr(LatentCoder, "encode", None)
    assert torch.equal(known.of(coder, batch[::-1], CPU), first.flip(1))


def test_a_square_that_never_comes_again_is_not_remembered(rendered: SceneLmdb, coder: LatentCoder) -> None:
    regions = gather([rendered.path], WordSetsParams(), CropParams(), TINY)
    known = KnownLatents()
    known.of(coder, [regions.sample(0, 0)], CPU)
    assert not known._known


def test_paper_is_the_glyph_of_nothing(rendered: SceneLmdb, coder: LatentCoder) -> None:
    region = gather([rendered.path], WordSetsParams(), CropParams(), TINY).sample(0, 0)
    region.conditions.glyph[:] = 0
    assert torch.allclose(encoded(coder, [region], CPU)[2, 0], paper(coder, 64, 64, CPU), atol=1e-5)
