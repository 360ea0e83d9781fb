"""A frozen UNet says what it said before, for any batch, window and number of characters."""

from __future__ import annotations

import pytest
import torch

from str_pipelines.systems.textssr.config import GlyphParams, NetworkParams
from str_pipelines.systems.textssr.frozen import frozen
from str_pipelines.systems.textssr.model import Denoiser

from .conftest import TINY

PUBLISHED_TOKENS = TINY.model_copy(
    update={"glyph": GlyphParams(tokens="cells", cell=16, patch=8, width=32, depth=1, heads=2)}
)


@pytest.mark.parametrize("params", [TINY, PUBLISHED_TOKENS], ids=["characters", "cells"])
@pytest.mark.parametrize(("height", "width", "words"), [(2, 2, 1), (4, 8, 3), (6, 4, 7)])
def test_a_frozen_painter_answers_as_before(params: NetworkParams, height: int, width: int, words: int) -> None:
    torch.manual_seed(0)
    denoiser = Denoiser(params).eval()
    inputs, cells = torch.randn(words, 3 * params.vae.out + 1, height, width), torch.rand(words, 25, 16, 16)
    steps, counts = torch.linspace(0, 999, words), torch.randint(0, 25, (words,))
    with torch.inference_mode():
        wanted = denoiser(inputs, steps, cells, counts)
        denoiser = frozen(denoiser, params)
        first, again = (denoiser(inputs, steps, cells, counts) for _ in range(2))
        torch.testing.assert_close(first, wanted, atol=1e-4, rtol=1e-4)
        assert torch.equal(first, again)
