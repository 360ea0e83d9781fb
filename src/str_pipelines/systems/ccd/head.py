"""DINO's projection: a vector of a character → how near it is to each of many prototypes (6.3 of the spec)."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from str_pipelines.systems.ccd.config import HeadParams
from str_pipelines.systems.ccd.vit import begin


class Prototypes(nn.Module):
    """A linear layer without bias whose rows are directions of length 1, times a gain each (weight normalisation)."""

    def __init__(self, bottleneck: int, count: int, fixed_gain: bool) -> None:
        super().__init__()
        self.directions = nn.Parameter(torch.empty(count, bottleneck))
        self.gain = nn.Parameter(torch.ones(count), requires_grad=not fixed_gain)
        nn.init.kaiming_uniform_(self.directions, a=5**0.5)

    def forward(self, x: Tensor) -> Tensor:
        """(K, bottleneck) → (K, count)."""
        return F.linear(x, F.normalize(self.directions, dim=1) * self.gain[:, None])


class DinoHead(nn.Module):
    """(K, width) → (K, prototypes); between them a bottleneck of length 1 (Caron et al., 2021)."""

    def __init__(self, width: int, params: HeadParams, fixed_gain: bool) -> None:
        super().__init__()
        hidden = params.hidden
        self.linear = nn.Sequential(
            nn.Linear(width, hidden),
            nn.GELU(),
            nn.Linear(hidden, hidden),
            nn.GELU(),
            nn.Linear(hidden, params.bottleneck),
        )
        self.apply(begin)
        self.last = Prototypes(params.bottleneck, params.prototypes, fixed_gain)

    def forward(self, vectors: Tensor) -> Tensor:
        """Logits, to be divided by a temperature."""
        return cast(Tensor, self.last(F.normalize(self.linear(vectors), dim=-1)))
