"""The group "blur": half of the time sharper, half of the time one of five blurs."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from str_pipelines.systems.ccd.colour.draws import Operation, between, blend, filtered, offsets, windows

SIDE = 7
DISC = [(row, column) for row in range(-4, 5) for column in range(-4, 5) if row**2 + column**2 <= 4.5**2]


def sharpen(x: Tensor) -> Tensor:
    """By up to a half, and up to a half lighter."""
    lightness = between(x, 0, 0.5)[:, 0]  # (B, 1, 1)
    ring = x.new_tensor([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]])
    middle = x.new_tensor([[0, 0, 0], [0, 1, 0], [0, 0, 0]])
    return blend(x, filtered(x, ring + middle * (1 + lightness)), between(x, 0, 0.5))


def gaussian(x: Tensor) -> Tensor:
    """Of a deviation of 0.5…1.5 pixels."""
    rows, columns = offsets(SIDE, x.device)
    return filtered(x, _shares(torch.exp(-(rows**2 + columns**2) / (2 * between(x, 0.5, 1.5)[:, 0] ** 2))))


def average(x: Tensor) -> Tensor:
    """Of squares of 2…6 pixels a side."""
    sides = between(x, 2, 7).floor()[:, 0]  # (B, 1, 1)
    rows, columns = offsets(SIDE, x.device)
    low, high = -(sides // 2), sides - sides // 2
    return filtered(x, _shares(((rows >= low) & (rows < high) & (columns >= low) & (columns < high)).to(x.dtype)))


def median(x: Tensor) -> Tensor:
    """Of squares of 3, 5 or 7 pixels a side."""
    sides = (2 * between(x, 1, 4).floor() + 1).flatten()
    found = x.clone()
    for side in (3, 5, 7):
        if len(places := (sides == side).nonzero().squeeze(1)):
            found[places] = windows(x[places], side).median(-1).values
    return found


def motion(x: Tensor) -> Tensor:
    """Along a line of five pixels in any direction."""
    angle = between(x, 0, math.pi)[:, 0]
    rows, columns = offsets(5, x.device)
    aside = (rows * angle.cos() - columns * angle.sin()).abs()
    along = (columns * angle.cos() + rows * angle.sin()).abs()
    return filtered(x, _shares((1 - aside).clamp(min=0) * (along <= 2.5)))


def bilateral(x: Tensor) -> Tensor:
    """Of what is near in place and in colour: 3…9 pixels across, both deviations 10…250."""
    across, colours, places = between(x, 3, 10).floor(), between(x, 10, 250) / 255, between(x, 10, 250)
    height, width = x.shape[2:]
    padded = F.pad(x, (4,) * 4, mode="reflect")
    total, weight = torch.zeros_like(x), torch.zeros_like(x[:, :1])
    for row, column in DISC:
        near = padded[:, :, 4 + row : 4 + row + height, 4 + column : 4 + column + width]
        apart = (near - x).abs().sum(1, keepdim=True) / colours
        distance = row**2 + column**2
        share = torch.exp(-(apart**2) / 2 - distance / (2 * places**2)) * (distance <= (across / 2) ** 2)
        total, weight = total + near * share, weight + share
    return total / weight


def _shares(kernels: Tensor) -> Tensor:
    return kernels / kernels.sum((1, 2), keepdim=True)


BLURS: tuple[Operation, ...] = (gaussian, average, median, motion, bilateral)
