"""Images of the characters → tokens for cross-attention: one a character, or as published one a patch of all."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from str_pipelines.systems.textssr.config import LONGEST, GlyphParams

Tokens = tuple[Tensor, Tensor | None]
"""(B, T, X), and which of them are seen, (B, T) bool; None for all."""


def build_glyph_encoder(params: GlyphParams) -> nn.Module:
    """The encoder of these parameters."""
    return PatchTokens(params) if params.tokens == "cells" else CharacterTokens(params)


class CharacterTokens(nn.Module):
    """One token a character: the same patches and weights for each image, and where it stands in the text."""

    def __init__(self, params: GlyphParams) -> None:
        super().__init__()
        side = params.cell // params.patch
        self.patches = nn.Conv2d(1, params.width // 2, params.patch, params.patch)
        self.image = nn.Linear(params.width // 2 * side**2, params.width)
        self.places = nn.Parameter(torch.randn(1, LONGEST, params.width) * 0.02)
        self.blocks = _transformer(params)
        self.norm = nn.LayerNorm(params.width)

    def forward(self, cells: Tensor, counts: Tensor) -> Tokens:
        """(B, 25, c, c) in 0…1, white is 1, and how many of them are characters (B,) → tokens."""
        batch, places = cells.shape[:2]
        ink = 1 - cells.reshape(batch * places, 1, *cells.shape[2:])
        features = torch.nn.functional.gelu(self.patches(ink)).flatten(1)
        tokens = self.image(features).reshape(batch, places, -1) + self.places
        seen = torch.arange(places, device=cells.device) < counts.clamp(min=1)[:, None]  # without any, one of no ink
        return self.norm(self.blocks(tokens, src_key_padding_mask=~seen)), seen


class PatchTokens(nn.Module):
    """TextSSR's: a vision transformer on the 25 images as channels, with a class token (section 5.2 of the spec)."""

    def __init__(self, params: GlyphParams) -> None:
        super().__init__()
        self.patches = nn.Conv2d(LONGEST, params.width, params.patch, params.patch)
        self.first = nn.Parameter(torch.zeros(1, 1, params.width))
        self.places = nn.Parameter(torch.randn(1, 1 + (params.cell // params.patch) ** 2, params.width) * 0.02)
        self.blocks = _transformer(params)
        self.norm = nn.LayerNorm(params.width, eps=1e-6)

    def forward(self, cells: Tensor, counts: Tensor) -> Tokens:
        """As `CharacterTokens.forward`; all tokens are seen."""
        patches = self.patches(cells).flatten(2).transpose(1, 2)  # (B, 64, X)
        tokens = torch.cat([self.first.expand(len(cells), -1, -1), patches], 1) + self.places
        return self.norm(self.blocks(tokens)), None


def _transformer(params: GlyphParams) -> nn.TransformerEncoder:
    layer = nn.TransformerEncoderLayer(
        params.width,
        params.heads,
        4 * params.width,
        0.0,
        "gelu",
        layer_norm_eps=1e-6,
        batch_first=True,
        norm_first=True,
    )
    return nn.TransformerEncoder(layer, params.depth, enable_nested_tensor=False)
