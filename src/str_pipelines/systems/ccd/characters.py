"""Characters of a picture as regions, and a vector for each: regions → both views → mean of their tokens (section 7).

Regions are a map of numbers, (B, 32, 128): 0 is ground, 1 the leftmost character, 26 the last that may be. They stay
that, a byte a pixel, until they are counted patch by patch.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from str_pipelines.imaging.regions import character_regions
from str_pipelines.systems.ccd.config import CHARACTERS
from str_pipelines.systems.ccd.views import warp


class Pairs(NamedTuple):
    """`regular` and `irregular` (K, width): the same K characters in both views; `chosen` (B, 26) says which."""

    regular: Tensor
    irregular: Tensor
    chosen: Tensor


def regions_of(logits: Tensor) -> Tensor:
    """Regions (B, H, W) uint8 of the network's own segmentation (B, 2, H, W), where text is likelier than ground."""
    text = (logits[:, 1] > logits[:, 0]).byte().cpu().numpy()
    return torch.from_numpy(np.stack([character_regions(each) for each in text])).to(logits.device)


def warp_regions(regions: Tensor, theta: Tensor) -> Tensor:
    """Regions (B, H, W) as the irregular view has them: each pixel takes the number that lies where it comes from."""
    return warp(regions[:, None].float(), theta, "nearest")[:, 0].to(regions.dtype)


def counts(regions: Tensor, grid: tuple[int, int]) -> Tensor:
    """(B, 26, P) float32: how many pixels of each character lie in each patch of a grid of rows and columns."""
    size, rows, columns = len(regions), *grid
    patches = regions.view(size, rows, regions.shape[1] // rows, columns, regions.shape[2] // columns).transpose(2, 3)
    numbers = patches.reshape(size, rows * columns, -1).long()  # (B, P, pixels of a patch)
    found = torch.zeros(size, rows * columns, CHARACTERS + 1, device=regions.device)
    found.scatter_add_(2, numbers, found.new_ones(1).expand_as(numbers))
    return found[..., 1:].mT


def pool(tokens: Tensor, weights: Tensor) -> Tensor:
    """Tokens (B, P, width) → characters (B, 26, width): means over the pixels of each; zeros where there are none."""
    return weights / weights.sum(-1, keepdim=True).clamp(min=1e-6) @ tokens.float()


def visible(first: Tensor, second: Tensor, theta: Tensor, least: float) -> Tensor:
    """(B, 26) which characters are in both views, in the irregular one with at least this part of their pixels.

    How many pixels a character has there, were none of them outside, says the determinant of `theta`.

    Args:
        first, second: `counts` in the regular and in the irregular view.
    """
    before, after = first.sum(-1), second.sum(-1)
    growth: Tensor = torch.linalg.det(theta[:, :, :2].float()).abs()[:, None]
    return (before > 0) & (after > 0) & (after * growth >= least * before)


def published_choice(first: Tensor) -> Tensor:
    """(B, 26) what the published code takes: as many as there are in the regular view and one more, four at least."""
    there = (first.sum(-1) > 0).sum(1, keepdim=True).clamp(3, CHARACTERS)
    return torch.arange(CHARACTERS, device=first.device) <= there


def published_counts(regions: Tensor, theta: Tensor, grid: tuple[int, int]) -> tuple[Tensor, Tensor]:
    """`counts` of both views as the published code weighs them: a plane a character, moved bilinearly and cut at 0.1,
    then sampled at the grid without an average, so that thin strokes fall between."""
    numbers = torch.arange(1, CHARACTERS + 1, device=regions.device)[:, None, None]
    planes = (regions[:, None] == numbers).float()  # (B, 26, H, W)
    both = torch.cat([planes, (warp(planes, theta) > 0.1).float()])
    first, second = F.interpolate(both, size=grid, mode="bilinear").flatten(2).chunk(2)
    return first, second


def pair(tokens: Tensor, weights: tuple[Tensor, Tensor], chosen: Tensor) -> Pairs:
    """The vectors of the chosen characters; tokens (2B, P, width) are those of the regular views, then the others."""
    last = int((chosen.any(0) * torch.arange(1, CHARACTERS + 1, device=chosen.device)).max())
    few = chosen[:, :last]  # of 26 numbers, most pictures have a few
    first, second = (pool(each, weight[:, :last]) for each, weight in zip(tokens.chunk(2), weights, strict=True))
    return Pairs(first[few], second[few], chosen)
