"""From patches back to pixels: the decoder of both downstream tasks (sections 6.5 and 12 of the spec)."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn

from str_pipelines.layers.positions import sinusoids
from str_pipelines.systems.ccd.config import EncoderParams
from str_pipelines.systems.ccd.downstream_config import PatchDecoderParams
from str_pipelines.systems.ccd.vit import Block, begin, token_encoder

TEXT_OR_GROUND, RGB = 2, 3


class PatchDecoder(nn.Module):
    """Tokens (B, P, width) of an encoder → planes (B, channels, 32, 128).

    The published one is 384 wide, as the small encoder is. Its positions were meant to be fixed sinusoids and are
    zeros, which nothing fills; here they are sinusoids of row and column.

    Raises:
        ValueError: the encoder's width does not divide by the heads.
    """

    positions: Tensor

    def __init__(self, encoder: EncoderParams, params: PatchDecoderParams, channels: int) -> None:
        super().__init__()
        if encoder.width % params.heads or encoder.width % 2:
            raise ValueError(f"an encoder that is {encoder.width} wide has no decoder of {params.heads} heads")
        self.grid, self.patch = encoder.grid, encoder.patch
        self.register_buffer("positions", grid_positions(encoder.grid, encoder.width), persistent=False)
        self.blocks = nn.ModuleList(Block(encoder.width, params.heads, 0.0) for _ in range(params.layers))
        self.norm = nn.LayerNorm(encoder.width, eps=1e-6)
        self.out = nn.Linear(encoder.width, encoder.patch[0] * encoder.patch[1] * channels)
        self.apply(begin)

    def forward(self, tokens: Tensor) -> Tensor:
        """Every patch by itself becomes pixels, after all have looked at all."""
        x = tokens + self.positions
        for block in self.blocks:
            x = block(x)
        pixels = cast(Tensor, self.out(self.norm(x))).view(len(x), *self.grid, *self.patch, -1)
        rows, columns = self.grid[0] * self.patch[0], self.grid[1] * self.patch[1]
        return pixels.permute(0, 5, 1, 3, 2, 4).reshape(len(x), -1, rows, columns)


class Segmenter(nn.Module):
    """Pictures (B, 3, 32, 128) in 0…1 → logits (B, 2, 32, 128) of ground and text."""

    def __init__(self, encoder: EncoderParams, params: PatchDecoderParams) -> None:
        super().__init__()
        self.backbone = token_encoder(encoder)
        self.decoder = PatchDecoder(encoder, params, TEXT_OR_GROUND)

    def forward(self, images: Tensor) -> Tensor:
        """See the class."""
        return cast(Tensor, self.decoder(self.backbone.tokens(images)))


class Restorer(nn.Module):
    """Small pictures, stretched to (B, 3, 32, 128) in 0…1 by a bicubic filter → as they should be, about 0…1.

    With `residual` it begins as the bicubic picture itself.
    """

    def __init__(self, encoder: EncoderParams, params: PatchDecoderParams, residual: bool) -> None:
        super().__init__()
        self.residual = residual
        self.backbone = token_encoder(encoder)
        self.decoder = PatchDecoder(encoder, params, RGB)
        if residual:
            nn.init.zeros_(self.decoder.out.weight)

    def forward(self, images: Tensor) -> Tensor:
        """See the class."""
        planes = cast(Tensor, self.decoder(self.backbone.tokens(images)))
        return images + planes if self.residual else planes


def grid_positions(grid: tuple[int, int], width: int) -> Tensor:
    """(P, width): the sinusoids of its row in the first half, of its column in the second."""
    rows, columns = (sinusoids(length, width // 2) for length in grid)
    first, second = rows.repeat_interleave(grid[1], 0), columns.repeat(grid[0], 1)
    return torch.cat([first, second], 1)
