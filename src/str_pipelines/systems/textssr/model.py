"""The networks of TextSSR: pictures to latents, and what takes the noise away; made of diffusers and torch."""

from __future__ import annotations

from typing import Any, cast

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from torch import Tensor, nn
from torch.nn import functional as F

from str_pipelines.systems.textssr.config import NetworkParams, UnetParams, VaeParams
from str_pipelines.systems.textssr.glyph_encoder import build_glyph_encoder


class LatentCoder(nn.Module):
    """Pictures (B, 3, H, W) in -1…1 ↔ latents (B, C, H/f, W/f) of about unit variance.

    `scale` is measured when the VAE is trained (1 / standard deviation of its latents) and stored with the weights:
    that of another VAE, 0.18215, is wrong after fine-tuning.
    """

    def __init__(self, params: VaeParams) -> None:
        super().__init__()
        self.params = params
        self.vae = build_vae(params)
        self.register_buffer("scale", torch.ones(()))

    def forward(self, images: Tensor, noise: float = 0.0) -> tuple[Tensor, Tensor, Tensor]:
        """Pictures → pictures by way of a sample of the posterior, whose mean and log variance come with it.

        With `noise` the sample of each picture gets up to so many times the latents' own deviation of it: a painter's
        latents are never quite right, and small errors shall not be seen.
        """
        posterior = self.posterior(images)
        latents = posterior.sample()
        if noise:
            share = noise * torch.rand(len(latents), 1, 1, 1, device=latents.device)
            latents = latents + share * latents.std() * torch.randn_like(latents)
        return self.decode_raw(latents), posterior.mean, posterior.logvar

    def posterior(self, images: Tensor) -> Any:
        """The distribution over latents, neither folded nor scaled; see diffusers' DiagonalGaussianDistribution."""
        return self.vae.encode(_laid_out(F.pixel_unshuffle(images, self.params.stem))).latent_dist

    def decode_raw(self, latents: Tensor) -> Tensor:
        """Latents as the posterior has them → pictures (B, 3, H, W) in about -1…1."""
        return F.pixel_shuffle(self.vae.decode(_laid_out(latents)).sample, self.params.stem)

    def encode(self, images: Tensor) -> Tensor:
        """The mode: conditions without noise of their own."""
        return F.pixel_unshuffle(self.posterior(images).mode(), self.params.fold) * cast(Tensor, self.scale)

    def decode(self, latents: Tensor) -> Tensor:
        """The inverse of `encode`, clamped to -1…1."""
        raw = F.pixel_shuffle(latents / cast(Tensor, self.scale), self.params.fold)
        return self.decode_raw(raw).clamp(-1, 1)


class Denoiser(nn.Module):
    """UNet and glyph encoder: the velocity v of noisy latents (Salimans and Ho, 2022), given what is to be written."""

    def __init__(self, params: NetworkParams) -> None:
        super().__init__()
        self.glyph_encoder = build_glyph_encoder(params.glyph)
        self.unet = build_unet(params.unet, params.vae.out, params.glyph.width)

    def forward(self, inputs: Tensor, steps: Tensor, cells: Tensor, counts: Tensor) -> Tensor:
        """(B, 3C+1, h, w), (B,), cells (B, 25, c, c) in 0…1, characters (B,) → v (B, C, h, w)."""
        return self.velocity(inputs, steps, *self.glyph_encoder(cells, counts))

    def velocity(self, inputs: Tensor, steps: Tensor, tokens: Tensor, seen: Tensor | None) -> Tensor:
        """As `forward`, with tokens (B, T, X) that were made once, and which of them are seen (B, T)."""
        found: Tensor = self.unet(inputs, steps, tokens, encoder_attention_mask=seen, return_dict=False)[0]
        return found


def _laid_out(pictures: Tensor) -> Tensor:
    """The channels of a pixel beside each other: quicker for a processor's convolutions."""
    return pictures.contiguous(memory_format=torch.channels_last)


def unet_input(noisy: Tensor, masked: Tensor, glyph: Tensor, mask: Tensor) -> Tensor:
    """(B, 3C+1, h, w) in the published order: noisy, masked image, glyph (C channels each), mask (1 = keep)."""
    return torch.cat([noisy, masked, glyph, mask], 1)


def build_vae(params: VaeParams) -> AutoencoderKL:
    """diffusers' VAE behind a space-to-depth stem."""
    levels, pixels = len(params.channels), 3 * params.stem**2
    return AutoencoderKL(
        in_channels=pixels,
        out_channels=pixels,
        down_block_types=("DownEncoderBlock2D",) * levels,
        up_block_types=("UpDecoderBlock2D",) * levels,
        block_out_channels=params.channels,
        layers_per_block=params.layers,
        latent_channels=params.latent,
        norm_num_groups=params.groups,
        mid_block_add_attention=params.attention,
    )


def build_unet(params: UnetParams, latent: int, width: int) -> UNet2DConditionModel:
    """diffusers' UNet with 3C+1 input channels; attention looks at tokens of this width."""
    down = tuple("CrossAttnDownBlock2D" if heads else "DownBlock2D" for heads in params.heads)
    up = tuple("CrossAttnUpBlock2D" if heads else "UpBlock2D" for heads in reversed(params.heads))
    heads = tuple(each or params.heads[-2] for each in params.heads)  # the middle takes the last; SD 2.1's is 20
    return UNet2DConditionModel(
        in_channels=3 * latent + 1,
        out_channels=latent,
        down_block_types=down,
        up_block_types=up,
        block_out_channels=params.channels,
        layers_per_block=params.layers,
        cross_attention_dim=width,
        attention_head_dim=heads,  # diffusers' name for the number of heads
        norm_num_groups=params.groups,
        use_linear_projection=True,
    )
