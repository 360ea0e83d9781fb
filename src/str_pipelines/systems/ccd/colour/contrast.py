"""The 8 of group "contrast": curves, and histograms made flat."""

from __future__ import annotations

import torch
from torch import Tensor

from str_pipelines.systems.ccd.colour.draws import Operation, between
from str_pipelines.systems.ccd.colour.tone import hsv, rgb

TILE, LEVELS = 16, 256
CLIP = (1.0, 8.0)
"""How many times a level may have what it had were all alike, in a tile."""


def gamma(x: Tensor) -> Tensor:
    """The power 0.5…2."""
    return x.clamp(min=0) ** between(x, 0.5, 2)


def linear(x: Tensor) -> Tensor:
    """0.5…1 times as far from mid grey."""
    return 0.5 + (x - 0.5) * between(x, 0.5, 1)


def sigmoid(x: Tensor) -> Tensor:
    """A step at 0.4…0.6, with a gain of 3…10."""
    return torch.sigmoid(between(x, 3, 10) * (x - between(x, 0.4, 0.6)))


def logarithm(x: Tensor) -> Tensor:
    """0.6…1.4 times the logarithm to base 2 of 1 and x."""
    return between(x, 0.6, 1.4) * torch.log2(1 + x.clamp(min=0))


def equalize(x: Tensor) -> Tensor:
    """The value's histogram made flat."""
    hue, saturation, value = hsv(x)
    return rgb(hue, saturation, flat(value))


def equalize_channels(x: Tensor) -> Tensor:
    """Each channel's histogram made flat."""
    return flat(x)


def equalize_tiles(x: Tensor) -> Tensor:
    """CLAHE of the value."""
    hue, saturation, value = hsv(x)
    return rgb(hue, saturation, flat_tiles(value))


def equalize_tiles_of_channels(x: Tensor) -> Tensor:
    """CLAHE of each channel."""
    return flat_tiles(x)


def flat(x: Tensor) -> Tensor:
    """(B, C, H, W) in 0…1, each plane with as many pixels of every level as can be."""
    levels = _levels(x).flatten(2)
    sums = _histogram(levels).cumsum(2)
    return (sums.gather(2, levels) / sums[..., -1:]).view_as(x).to(x.dtype)


def flat_tiles(x: Tensor) -> Tensor:
    """(B, C, H, W): the same in tiles of 16 pixels, none of whose levels counts too much (Zuiderveld, 1994); between
    the tiles' middles their curves are mixed."""
    count, channels, height, width = x.shape
    rows, columns = height // TILE, width // TILE
    tiles = _levels(x).view(count, channels, rows, TILE, columns, TILE).transpose(3, 4).reshape(count, -1, TILE**2)
    found = _histogram(tiles)
    limit = between(x, *CLIP)[:, 0] * TILE**2 / LEVELS  # (B, 1, 1)
    over = (found - limit).clamp(min=0).sum(2, keepdim=True)
    curves = (torch.minimum(found, limit) + over / LEVELS).cumsum(2) / TILE**2  # (B, C · tiles, 256)
    curves = curves.view(count, channels, -1)  # (B, C, tiles · 256)
    levels = _levels(x).flatten(2)
    found = torch.zeros_like(levels, dtype=curves.dtype)
    for row, share_down in _two_nearest(height, rows, x.device):
        for column, share_across in _two_nearest(width, columns, x.device):
            places = ((row[:, None] * columns + column) * LEVELS).flatten()
            found += (share_down[:, None] * share_across).flatten() * curves.gather(2, levels + places)
    return found.view_as(x).to(x.dtype)


def _two_nearest(side: int, tiles: int, device: torch.device) -> list[tuple[Tensor, Tensor]]:
    """Twice (side,): between which tiles' middles each pixel lies, and what share each of the two has."""
    places = ((torch.arange(side, device=device) + 0.5) / TILE - 0.5).clamp(0, tiles - 1)
    low = places.long()
    return [(low, 1 - (places - low)), ((low + 1).clamp(max=tiles - 1), places - low)]


def _levels(x: Tensor) -> Tensor:
    return (x.clamp(0, 1) * (LEVELS - 1)).round().long()


def _histogram(levels: Tensor) -> Tensor:
    """(B, N, pixels) → (B, N, 256) float32."""
    found = torch.zeros(*levels.shape[:2], LEVELS, device=levels.device)
    return found.scatter_add_(2, levels, torch.ones_like(levels, dtype=found.dtype))


OPERATIONS: tuple[Operation, ...] = (
    gamma, linear, sigmoid, logarithm, equalize, equalize_channels, equalize_tiles, equalize_tiles_of_channels,
)  # fmt: skip
