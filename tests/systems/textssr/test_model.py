"""The published sizes to the parameter, the small painter within its limit, and shapes."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from str_pipelines.systems.textssr.config import PUBLISHED, GlyphParams, NetworkParams, UnetParams, VaeParams
from str_pipelines.systems.textssr.glyph_encoder import build_glyph_encoder
from str_pipelines.systems.textssr.model import Denoiser, LatentCoder, build_unet, unet_input

TINY = NetworkParams(
    resolution=32,
    vae=VaeParams(channels=(8, 16), groups=4),
    unet=UnetParams(channels=(32, 32), heads=(1, 1), groups=8),
    glyph=GlyphParams(cell=16, width=32, depth=1, heads=2),
)


def count(network: nn.Module) -> int:
    return sum(weight.numel() for weight in network.parameters())


def test_the_published_networks_have_the_published_sizes() -> None:
    with torch.device("meta"):
        assert count(LatentCoder(PUBLISHED.vae)) == 83_653_863
        assert count(build_unet(PUBLISHED.unet, PUBLISHED.vae.out, PUBLISHED.glyph.width)) == 865_936_644
        assert count(build_glyph_encoder(PUBLISHED.glyph)) == 77_286_400
    assert (PUBLISHED.vae.factor, PUBLISHED.vae.out) == (8, 4)


def test_the_small_painter_fits_into_twenty_megabytes() -> None:
    small = NetworkParams()
    with torch.device("meta"):
        assert count(LatentCoder(small.vae)) + count(Denoiser(small)) <= 9_800_000
    assert (small.vae.factor, small.vae.out) == (8, 16)


@pytest.mark.parametrize("tokens", ["characters", "cells"])
def test_pictures_go_to_latents_and_velocities_have_their_shape(tokens: str) -> None:
    params = TINY.model_copy(update={"glyph": TINY.glyph.model_copy(update={"tokens": tokens})})
    coder, denoiser = LatentCoder(params.vae).eval(), Denoiser(params).eval()
    pictures = torch.rand(2, 3, 32, 32) * 2 - 1
    latents = coder.encode(pictures)
    assert latents.shape == (2, 16, 4, 4)
    assert coder.decode(latents).shape == pictures.shape and coder.decode(100 * latents).abs().max() <= 1
    inputs = unet_input(latents, latents, latents, torch.ones(2, 1, 4, 4))
    cells, counts = torch.rand(2, 25, 16, 16), torch.tensor([3, 0])
    found = denoiser(inputs, torch.tensor([3, 999]), cells, counts)
    assert found.shape == latents.shape and torch.isfinite(found).all()
    tokens_of, seen = denoiser.glyph_encoder(cells, counts)
    assert torch.allclose(denoiser.velocity(inputs, torch.tensor([3, 999]), tokens_of, seen), found, atol=1e-5)


def test_latents_with_noise_are_decoded_to_another_picture_the_more_of_it_the_more() -> None:
    torch.manual_seed(0)
    coder, pictures = LatentCoder(TINY.vae).eval(), torch.rand(4, 3, 32, 32) * 2 - 1
    found = []
    for noise in (0.0, 0.1, 1.0):
        torch.manual_seed(1)
        found.append(coder(pictures, noise)[0])
    few, much = (float((each - found[0]).detach().abs().mean()) for each in found[1:])
    assert 0 < few < much


def test_scale_makes_latents_larger_and_is_undone() -> None:
    torch.manual_seed(0)
    coder = LatentCoder(TINY.vae).eval()
    pictures = torch.rand(1, 3, 32, 32) * 2 - 1
    plain, picture = coder.encode(pictures), coder.decode(coder.encode(pictures))
    coder.scale.fill_(4.0)
    assert torch.allclose(coder.encode(pictures), 4 * plain)
    assert torch.allclose(coder.decode(coder.encode(pictures)), picture, atol=1e-5)


def test_beyond_the_text_no_cell_is_seen() -> None:
    encoder = build_glyph_encoder(TINY.glyph).eval()
    cells, counts = torch.rand(2, 25, 16, 16), torch.tensor([2, 5])
    tokens, seen = encoder(cells, counts)
    assert seen.sum(1).tolist() == [2, 5]
    other = cells.clone()
    other[0, 2:] = torch.rand(23, 16, 16)
    assert torch.allclose(encoder(other, counts)[0][0, :2], tokens[0, :2], atol=1e-5)
    swapped = cells[:, [1, 0, *range(2, 25)]]
    assert not torch.allclose(encoder(swapped, counts)[0][0, :2].flip(0), tokens[0, :2], atol=1e-3)  # order is told


def test_a_side_that_the_unet_cannot_halve_is_named() -> None:
    with pytest.raises(ValueError, match="resolution 72 is no multiple of 16"):
        NetworkParams(resolution=72)
