"""Attention with a cache, for decoders that write one token at a time."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

Pair = tuple[Tensor, Tensor]
"""Keys and values, (B, heads, S, width / heads) each."""


class Attention(nn.Module):
    """Multi-head attention without biases: Vaswani et al., 2017, section 3.2.2."""

    def __init__(self, width: int, heads: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.query, self.key, self.value, self.out = (nn.Linear(width, width, bias=False) for _ in range(4))
        self.drop = nn.Dropout(dropout)

    def keys_of(self, memory: Tensor) -> Pair:
        """(B, S, width) → its keys and values; made once, used at every step."""
        return self._split(self.key(memory)), self._split(self.value(memory))

    def forward(self, x: Tensor, memory: Pair, causal: bool = False) -> Tensor:
        """(B, L, width) looks at `memory` → the same shape. `causal`: position l sees 0 … l of as many keys."""
        dropout = self.dropout if self.training else 0.0
        seen = F.scaled_dot_product_attention(self._split(self.query(x)), *memory, dropout_p=dropout, is_causal=causal)
        out: Tensor = self.drop(self.out(seen.transpose(1, 2).flatten(2)))
        return out

    def _split(self, x: Tensor) -> Tensor:
        """(B, L, width) → (B, heads, L, width / heads)."""
        return x.view(*x.shape[:-1], self.heads, x.shape[-1] // self.heads).transpose(1, 2)


def longer(cache: Pair | None, new: Pair) -> Pair:
    """The cached keys and values with those of further tokens behind them."""
    if cache is None:
        return new
    return torch.cat([cache[0], new[0]], 2), torch.cat([cache[1], new[1]], 2)
