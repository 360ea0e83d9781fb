"""What is done to pictures while reading is learned (section 10 of the spec): five groups, the last of them bends."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from str_pipelines.systems.ccd.colour import arithmetic, blur, contrast, tone, weather
from str_pipelines.systems.ccd.colour.draws import Operation, between, yes
from str_pipelines.systems.ccd.colour.pipeline import Weighted, even
from str_pipelines.systems.ccd.config import ViewParams
from str_pipelines.systems.ccd.views import draw_theta, warp

TURNED = ViewParams(scale=(1.0, 1.0), shift=0.0, turn=45.0, shear=(0.0, 0.0))
KNOTS = 4  # a side


def invert(x: Tensor) -> Tensor:
    """The negative, of one in ten."""
    return torch.where(yes(x, 0.1), 1 - x, x)


def shuffle_channels(x: Tensor) -> Tensor:
    """Red, green and blue in another order, of 35 in 100."""
    order = torch.rand(len(x), 3, device=x.device).argsort(1)
    return torch.where(yes(x, 0.35), x.gather(1, order[:, :, None, None].expand_as(x)), x)


def multiply_brightness(x: Tensor) -> Tensor:
    """The greatest channel times 0.5…1.5."""
    hue, saturation, value = tone.hsv(x)
    return tone.rgb(hue, saturation, (value * between(x, 0.5, 1.5)).clamp(0, 1))


def affine(x: Tensor) -> Tensor:
    """As in the irregular view, about the middle of the picture as the network sees it."""
    return warp(x, draw_theta(_aspects(x), ViewParams()))


def rotate(x: Tensor) -> Tensor:
    """By up to 45 degrees to either side."""
    return warp(x, draw_theta(_aspects(x), TURNED))


def bend(x: Tensor) -> Tensor:
    """Four by four knots each moved by a deviation of 0.01…0.1 of the sides, and what is between them with them."""
    moves = torch.randn(len(x), 2, KNOTS, KNOTS, device=x.device) * between(x, 0.01, 0.1) * 2
    field = F.interpolate(moves, size=x.shape[2:], mode="bilinear", align_corners=True).permute(0, 2, 3, 1)
    still = F.affine_grid(torch.eye(2, 3, device=x.device).expand(len(x), -1, -1), list(x.shape), align_corners=False)
    return F.grid_sample(x, still + field, align_corners=False)


SOFTENINGS: tuple[Operation, ...] = (blur.gaussian, blur.average, blur.median, blur.motion)
SPOILED: tuple[Operation, ...] = (
    shuffle_channels,
    *(each for each in arithmetic.OPERATIONS if each is not arithmetic.invert),
    multiply_brightness,
    *tone.OPERATIONS,
    *weather.OPERATIONS,
)
"""35 of them."""


def reading_groups(chances: Sequence[float]) -> tuple[Weighted, ...]:
    """The groups with the chances that each has any effect: negative, spoiled, sharper or softer, contrast, bent."""
    first, second, third, fourth, fifth = chances
    return (
        even(first, (invert,)),
        even(second, SPOILED),
        (third, [(0.5, blur.sharpen), *((0.5 / len(SOFTENINGS), each) for each in SOFTENINGS)]),
        even(fourth, contrast.OPERATIONS),
        even(fifth, (affine, bend, rotate)),
    )


def _aspects(x: Tensor) -> Tensor:
    return torch.full((len(x),), x.shape[3] / x.shape[2], device=x.device)
