"""The group "blur": half of the time sharper, half of the time one of five blurs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from str_pipelines.systems.ccd.colour.draws import Operation, between, blend, filtered, offsets, windows

SIDE = 7
DISC = [(row, column) for row in range(-4, 5) for column in range(-4, 5) if 0 < row**2 + column**2 <= 4**2]


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
            found[places] = _medians(x[places], side)
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
    across, colour, place = between(x, 3, 10).floor(), between(x, 10, 250), between(x, 10, 250)
    if x.device.type != "cpu":
        return near_in_both(x, across, colour, place)
    amounts = zip(across.flatten().int().tolist(), colour.flatten().tolist(), place.flatten().tolist(), strict=True)
    return _by_opencv(x, [partial(cv2.bilateralFilter, d=d, sigmaColor=c, sigmaSpace=p) for d, c, p in amounts])


def near_in_both(x: Tensor, across: Tensor, colour: Tensor, place: Tensor) -> Tensor:
    """The same on any device; all amounts are (B, 1, 1, 1), `across` 3…9, deviations in levels and in pixels."""
    order = across.flatten().argsort(descending=True)  # so that who looks far stands first
    x, reach = x[order], across.flatten()[order].cpu() // 2
    colour, place = (-1 / (2 * each[order] ** 2) for each in (colour, place))
    height, width = x.shape[2:]
    padded = F.pad(x, (4,) * 4, mode="reflect")
    total, weight = x.clone(), torch.ones_like(x[:, :1])
    for row, column in DISC:
        looking = slice(int((reach**2 >= row**2 + column**2).sum()))
        near = padded[looking, :, 4 + row : 4 + row + height, 4 + column : 4 + column + width]
        apart = (near - x[looking]).abs_().sum(1, keepdim=True)
        share = apart.square_().mul_(255**2 * colour[looking]).add_((row**2 + column**2) * place[looking]).exp_()
        total[looking].addcmul_(near, share)
        weight[looking] += share
    return (total / weight)[order.argsort()]


def _medians(x: Tensor, side: int) -> Tensor:
    """Of squares round each pixel, mirrored at the border."""
    if x.device.type != "cpu":
        return windows(x, side).median(-1).values
    padded = F.pad(x, (side // 2,) * 4, mode="reflect")
    found = _by_opencv(padded, [partial(cv2.medianBlur, ksize=side)] * len(x))
    height, width = x.shape[2:]
    return found[:, :, side // 2 : side // 2 + height, side // 2 : side // 2 + width]


def _by_opencv(x: Tensor, filters: Sequence[Callable[..., Any]]) -> Tensor:
    """Each picture by its own filter, to 8 bits: on a processor many times as quick as with tensors."""
    pictures = x.clamp(0, 1).mul(255).round().byte().permute(0, 2, 3, 1).contiguous().numpy()
    found = np.stack([smooth(each) for smooth, each in zip(filters, pictures, strict=True)])
    return torch.from_numpy(found).permute(0, 3, 1, 2).contiguous() / 255


def _shares(kernels: Tensor) -> Tensor:
    return kernels / kernels.sum((1, 2), keepdim=True)


BLURS: tuple[Operation, ...] = (gaussian, average, median, motion, bilateral)
