"""The 9 of group "colour": hue, saturation, brightness, fewer colours, light of another temperature."""

from __future__ import annotations

import torch
from torch import Tensor

from str_pipelines.systems.ccd.colour.draws import Operation, between, blend, grey

MOST = 16  # colours that are left
ROUNDS = 3


def hue_a_little(x: Tensor) -> Tensor:
    """0…50 of 180 added to the hue."""
    return _turned(x, between(x, 0, 50 / 180))


def hue_much(x: Tensor) -> Tensor:
    """50…100 of 180 added to the hue."""
    return _turned(x, between(x, 50 / 180, 100 / 180))


def brightness(x: Tensor) -> Tensor:
    """The greatest channel times 0.5…1.5, and up to 30 more or less."""
    hue, saturation, value = hsv(x)
    return rgb(hue, saturation, (value * between(x, 0.5, 1.5) + between(x, -30 / 255, 30 / 255)).clamp(0, 1))


def multiply_hue_and_saturation(x: Tensor) -> Tensor:
    """Both by 0.5…1.5, each by its own."""
    hue, saturation, value = hsv(x)
    factors = between(x, 0.5, 1.5, 2)
    return rgb(hue * factors[:, :1], (saturation * factors[:, 1:]).clamp(0, 1), value)


def add_to_hue_and_saturation(x: Tensor) -> Tensor:
    """-50…50 of 255 to both."""
    hue, saturation, value = hsv(x)
    amount = between(x, -50 / 255, 50 / 255)
    return rgb(hue + amount, (saturation + amount).clamp(0, 1), value)


def towards_grey(x: Tensor) -> Tensor:
    """Some way to grey, or all of it."""
    return blend(x, grey(x).expand_as(x), between(x, 0, 1))


def nearest_of_few(x: Tensor) -> Tensor:
    """2…16 colours, found by a few rounds of k-means among every fourth pixel of either side."""
    some = x[:, :, ::4, ::4].flatten(2).mT  # (B, N, 3)
    order = torch.rand(some.shape[:2], device=x.device).argsort(1)[:, :MOST]
    colours = some.gather(1, order[..., None].expand(-1, -1, 3))
    unused = torch.arange(MOST, device=x.device) >= between(x, 2, MOST + 1).floor()[:, 0, 0]  # (B, 16)
    colours = colours.masked_fill(unused[..., None], 9.0)  # nothing is near them
    for _ in range(ROUNDS):
        near = torch.nn.functional.one_hot(torch.cdist(some, colours).argmin(2), MOST).to(x.dtype)  # (B, N, 16)
        sizes = near.sum(1)[..., None]
        colours = torch.where(sizes > 0, near.mT @ some / sizes.clamp(min=1), colours)
    half = colours.square().sum(2)[:, None] / 2
    nearest = torch.baddbmm(-half, x.flatten(2).mT, colours.mT).argmax(2)  # the least of |x - c|², quicker than cdist
    return colours.gather(1, nearest[..., None].expand(-1, -1, 3)).mT.reshape(x.shape)


def even_levels(x: Tensor) -> Tensor:
    """2…16 levels of each channel."""
    levels = between(x, 2, MOST + 1).floor()
    return ((x * levels).floor().clamp(max=levels - 1) + 0.5) / levels


def temperature(x: Tensor) -> Tensor:
    """Lit by a black body of 1,100…10,000 K, by Tanner Helland's fit to Planck's curve."""
    heat = between(x, 11, 100)
    red = torch.where(heat > 66, 329.7 * (heat - 60).clamp(min=1) ** -0.1332, 255.0)
    cool = 99.47 * heat.log() - 161.12
    green = torch.where(heat > 66, 288.12 * (heat - 60).clamp(min=1) ** -0.0755, cool)
    blue = torch.where(heat >= 66, 255.0, 138.52 * (heat - 10).clamp(min=1).log() - 305.04)
    return x * torch.cat([red, green, blue], 1).clamp(0, 255) / 255


def hsv(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Hue, saturation and value, (B, 1, H, W) each in 0…1."""
    red, green, blue = x.chunk(3, 1)
    value = x.amax(1, keepdim=True)
    span = value - x.amin(1, keepdim=True)
    safe = span.clamp(min=1e-6)
    turns = torch.where(value == green, (blue - red) / safe + 2, (red - green) / safe + 4)
    turns = torch.where(value == red, (green - blue) / safe, turns) / 6
    return turns - turns.floor(), span / value.clamp(min=1e-6), value


def rgb(hue: Tensor, saturation: Tensor, value: Tensor) -> Tensor:
    """(B, 3, H, W) of hue, which goes round, saturation and value."""
    turns = hue + torch.tensor([5.0, 3.0, 1.0], device=hue.device).view(1, 3, 1, 1) / 6
    shifts = 6 * (turns - turns.floor())
    return value - value * saturation * torch.minimum(shifts, 4 - shifts).clamp(0, 1)


def _turned(x: Tensor, amount: Tensor) -> Tensor:
    hue, saturation, value = hsv(x)
    return rgb(hue + amount, saturation, value)


OPERATIONS: tuple[Operation, ...] = (
    hue_a_little, brightness, multiply_hue_and_saturation, add_to_hue_and_saturation, hue_much, towards_grey,
    nearest_of_few, even_levels, temperature,
)  # fmt: skip
