"""CCD's encoder: a vision transformer on patches of words, without a class token (section 6.1 of the spec)."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from str_pipelines.systems.ccd.config import EncoderParams

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""ImageNet's, of red, green and blue in 0…1."""


class Block(nn.Module):
    """Pre-norm: attention among the patches, two linear layers; a sample skips either with the chance `drop`."""

    def __init__(self, width: int, heads: int, drop: float) -> None:
        super().__init__()
        self.heads, self.drop = heads, drop
        self.norm1, self.norm2 = (nn.LayerNorm(width, eps=1e-6) for _ in range(2))
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        """(B, P, width) → the same shape."""
        query, key, value = self._split(self.norm1(x))
        seen = F.scaled_dot_product_attention(query, key, value).transpose(1, 2).flatten(2)
        x = x + self._kept(self.out(seen))
        return x + self._kept(self.down(F.gelu(self.up(self.norm2(x)))))

    def attention(self, x: Tensor) -> Tensor:
        """(B, heads, P, P): how much each patch looks at each."""
        query, key, _ = self._split(self.norm1(x))
        weights: Tensor = query @ key.transpose(-2, -1) * query.shape[-1] ** -0.5
        return weights.softmax(-1)

    def _split(self, x: Tensor) -> Tensor:
        """(3, B, heads, P, width / heads)."""
        projected: Tensor = self.qkv(x)
        return projected.view(*x.shape[:2], 3, self.heads, -1).permute(2, 0, 3, 1, 4)

    def _kept(self, x: Tensor) -> Tensor:
        """Stochastic depth (Huang et al., 2016): whole samples fall away, the others make up for them."""
        if not self.training or not self.drop:
            return x
        kept = torch.rand(len(x), 1, 1, device=x.device) >= self.drop
        return x * kept / (1 - self.drop)


class VisionTransformer(nn.Module):
    """Pictures (B, 3, 32, 128) in 0…1 → tokens (B, P, width), row by row, and those of three inner blocks.

    The positions have the grid of the patches; the published ones lie on 16 x 16 and come by `released.py`.
    """

    def __init__(self, params: EncoderParams, drop_path: float = 0.0) -> None:
        super().__init__()
        self.params, width = params, params.width
        self.register_buffer("mean", torch.tensor(MEAN).view(3, 1, 1), persistent=False)
        self.register_buffer("deviation", torch.tensor(DEVIATION).view(3, 1, 1), persistent=False)
        self.patches = nn.Conv2d(3, width, params.patch, params.patch)
        self.positions = nn.Parameter(torch.zeros(params.grid[0] * params.grid[1], width))
        drops = torch.linspace(0, drop_path, params.depth, device="cpu").tolist()
        self.blocks = nn.ModuleList(Block(width, params.heads, drop) for drop in drops)
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.inner_norms = nn.ModuleList(nn.LayerNorm(width, eps=1e-6) for _ in params.inner)
        self.apply(begin)
        nn.init.trunc_normal_(self.positions, std=0.02)

    def forward(self, images: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Tokens after the last norm, and maps (B, width, rows, columns) of the inner blocks."""
        x, inner = self._embedded(images), list[Tensor]()
        for number, block in enumerate(self.blocks, 1):
            x = block(x)
            if number in self.params.inner:
                normed = self.inner_norms[len(inner)](x)
                inner.append(normed.transpose(1, 2).reshape(len(x), -1, *self.params.grid))
        return self.norm(x), inner

    def tokens(self, images: Tensor) -> Tensor:
        """The tokens alone."""
        x = self._embedded(images)
        for block in self.blocks:
            x = block(x)
        return cast(Tensor, self.norm(x))

    def attention(self, images: Tensor) -> Tensor:
        """(B, rows, columns): how much each patch is looked at in the last block, over all heads and patches; sum 1."""
        x = self._embedded(images)
        *before, last = self.blocks
        for block in before:
            x = block(x)
        return cast(Block, last).attention(x).mean((1, 2)).view(-1, *self.params.grid)

    def _embedded(self, images: Tensor) -> Tensor:
        normed = (images - cast(Tensor, self.mean)) / cast(Tensor, self.deviation)
        return cast(Tensor, self.patches(normed)).flatten(2).transpose(1, 2) + self.positions


def token_encoder(params: EncoderParams) -> VisionTransformer:
    """One that is asked for its tokens alone: the norms of inner blocks learn nothing, which several processes have to
    know, since they wait for each other's gradients."""
    encoder = VisionTransformer(params, params.drop_path)
    encoder.inner_norms.requires_grad_(False)
    return encoder


def begin(module: nn.Module) -> None:
    """Weights of a linear layer from a truncated normal distribution, as in DeiT; biases 0."""
    if isinstance(module, nn.Linear):
        nn.init.trunc_normal_(module.weight, std=0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
