"""The 4 of group "weather": fog, clouds, snow, rain, each laid over by an alpha of its own."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from str_pipelines.systems.ccd.colour.draws import Operation, between, blend, filtered, offsets, smooth_noise


def fog(x: Tensor) -> Tensor:
    """Light grey nearly everywhere, thicker and thinner."""
    alpha = (between(x, 0.3, 0.6) + 0.5 * (smooth_noise(x, (1, 4)) - 0.5)).clamp(0, 0.9)
    return blend(x, between(x, 220 / 255, 1), alpha)


def clouds(x: Tensor) -> Tensor:
    """White here and there."""
    alpha = ((smooth_noise(x, (2, 6)) - between(x, 0.35, 0.55)) * 3).clamp(0, 0.8)
    return blend(x, between(x, 196 / 255, 1), alpha)


def snowflakes(x: Tensor) -> Tensor:
    """Specks of 0.1…0.4 of what is thickest, blown along a short line."""
    flakes = (torch.rand_like(x[:, :1]) < between(x, 0.01, 0.05)).to(x.dtype)
    size = between(x, 0.1, 0.4)
    return blend(x, torch.ones_like(x), (filtered(flakes, _line(x, 3, 30)) * 10 * size).clamp(0, 0.95))


def rain(x: Tensor) -> Tensor:
    """Grey streaks, nearly upright."""
    drops = (torch.rand_like(x[:, :1]) < between(x, 0.005, 0.02)).to(x.dtype)
    return blend(x, between(x, 0.6, 0.9), (filtered(drops, _line(x, 9, 15)) * between(x, 2, 6)).clamp(0, 0.7))


def _line(x: Tensor, length: int, most: float) -> Tensor:
    """(B, 9, 9): a line of so many pixels, up to `most` degrees from upright, with the sum 1."""
    angle = between(x, -math.radians(most), math.radians(most))[:, 0]
    rows, columns = offsets(9, x.device)
    aside = (columns * angle.cos() - rows * angle.sin()).abs()
    along = (rows * angle.cos() + columns * angle.sin()).abs()
    drawn = (1 - aside).clamp(min=0) * (along <= length / 2)
    return drawn / drawn.sum((1, 2), keepdim=True)


OPERATIONS: tuple[Operation, ...] = (fog, clouds, snowflakes, rain)
