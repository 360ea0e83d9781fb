"""The group "blur": half of the time sharper, half of the time one of five blurs."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from str_pipelines.systems.ccd.colour.draws import Operation, between, blend, filtered, offsets, windows

SIDE = 7


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
    reach = between(x, 1, 4).floor()
    rows, columns = offsets(SIDE, x.device)
    distance = torch.maximum(rows.abs(), columns.abs()).flatten()  # (49,)
    outside = distance.view(1, 1, -1, 1, 1) > reach[..., None]
    return windows(x, SIDE).masked_fill(outside, torch.nan).nanmedian(2).values


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
    rows, columns = offsets(9, x.device)
    distance = (rows**2 + columns**2).flatten().view(1, 1, -1, 1, 1)
    around = windows(x, 9)  # (B, 3, 81, H, W)
    apart = (around - x[:, :, None]).abs().sum(1, keepdim=True)
    weights = torch.exp(-((apart / colours[..., None]) ** 2) / 2 - distance / (2 * places[..., None] ** 2))
    weights = weights * (distance <= (across[..., None] / 2) ** 2)
    return (around * weights).sum(2) / weights.sum(2)


def _shares(kernels: Tensor) -> Tensor:
    return kernels / kernels.sum((1, 2), keepdim=True)


BLURS: tuple[Operation, ...] = (gaussian, average, median, motion, bilateral)
