"""The 21 of group "arithmetic": noise, lost pixels, negatives, JPEG, edges."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from str_pipelines.systems.ccd.colour.draws import Operation, between, blend, filtered, per_channel, pixels, yes

MIDDLE = 128 / 255
QUALITY = (1, 30)
"""Compression 70…99 is quality 30…1."""
LUMINANCE = (
    (16, 11, 10, 16, 24, 40, 51, 61), (12, 12, 14, 19, 26, 58, 60, 55), (14, 13, 16, 24, 40, 57, 69, 56),
    (14, 17, 22, 29, 51, 87, 80, 62), (18, 22, 37, 56, 68, 109, 103, 77), (24, 35, 55, 64, 81, 104, 113, 92),
    (49, 64, 78, 87, 103, 121, 120, 101), (72, 92, 95, 98, 112, 100, 103, 99),
)  # fmt: skip
CHROMINANCE = (
    (17, 18, 24, 47, 99, 99, 99, 99), (18, 21, 26, 66, 99, 99, 99, 99), (24, 26, 56, 99, 99, 99, 99, 99),
    (47, 66, 99, 99, 99, 99, 99, 99), *(((99,) * 8,) * 4),
)  # fmt: skip
"""ITU-T T.81, tables K.1 and K.2."""


def add_elementwise(x: Tensor) -> Tensor:
    """-40…40 to each pixel."""
    return x + (torch.rand_like(x[:, :1]) * 80 - 40) / 255


def gaussian_noise(x: Tensor) -> Tensor:
    """Of a deviation up to 51."""
    return x + torch.randn_like(x[:, :1]) * between(x, 0, 51 / 255)


def laplace_noise(x: Tensor) -> Tensor:
    """Of a scale up to 51."""
    u = torch.rand_like(x[:, :1]) - 0.5
    return x - u.sign() * torch.log1p(-2 * u.abs().clamp(max=0.4999)) * between(x, 0, 51 / 255)


def poisson_noise(x: Tensor) -> Tensor:
    """Of a rate up to 40."""
    return x + torch.poisson((between(x, 0, 40)).expand(-1, 1, *x.shape[2:]).contiguous()) / 255


def multiply(x: Tensor) -> Tensor:
    """By 0.5…1.5, each channel by its own half of the time."""
    return x * per_channel(x, 0.5, lambda x: between(x, 0.5, 1.5, 3))


def multiply_elementwise(x: Tensor) -> Tensor:
    """The same, pixel by pixel."""
    return x * per_channel(x, 0.5, lambda x: 0.5 + torch.rand_like(x))


def dropout(x: Tensor) -> Tensor:
    """Up to a tenth of the pixels black."""
    return x.masked_fill(pixels(x, between(x, 0, 0.1), 0.5), 0)


def coarse_dropout(x: Tensor) -> Tensor:
    """A fiftieth black, in pieces of seven pixels a side."""
    size = [max(1, round(0.15 * side)) for side in x.shape[2:]]
    lost = pixels(x.new_zeros(len(x), 3, *size), 0.02, 0.5)
    return x.masked_fill(torch.nn.functional.interpolate(lost.float(), size=x.shape[2:]) > 0, 0)


def drop_channels(x: Tensor) -> Tensor:
    """Each channel black half of the time, never all three."""
    lost = torch.rand(len(x), 3, 1, 1, device=x.device)
    kept = lost == lost.amax(1, keepdim=True)
    return x.masked_fill((lost < 0.5) & ~kept, 0)


def impulse_noise(x: Tensor) -> Tensor:
    """A tenth of all values black or white."""
    return torch.where(pixels(x, 0.1, 1.0), (torch.rand_like(x) < 0.5).to(x.dtype), x)


def salt_and_pepper(x: Tensor) -> Tensor:
    """A tenth of the pixels black or white."""
    return torch.where(pixels(x, 0.1, 0.0), (torch.rand_like(x[:, :1]) < 0.5).to(x.dtype), x)


def salt(x: Tensor) -> Tensor:
    """A tenth of the pixels light."""
    return torch.where(pixels(x, 0.1, 0.0), 0.5 + torch.rand_like(x[:, :1]) / 2, x)


def pepper(x: Tensor) -> Tensor:
    """A tenth of the pixels dark."""
    return torch.where(pixels(x, 0.1, 0.0), torch.rand_like(x[:, :1]) / 2, x)


def invert(x: Tensor) -> Tensor:
    """The negative, of 15 in 100."""
    return torch.where(yes(x, 0.15), 1 - x, x)


def solarize(x: Tensor) -> Tensor:
    """The negative of what is above 32…128, half of the time."""
    return torch.where(yes(x, 0.5) & (x >= between(x, 32 / 255, 128 / 255)), 1 - x, x)


def jpeg(x: Tensor) -> Tensor:
    """Blocks of 8 x 8 after their cosine transform, rounded as a JPEG of low quality rounds them; sides of 8 · n."""
    quality = between(x, *QUALITY).round()
    scale = torch.where(quality < 50, 5000 / quality, 200 - 2 * quality) / 100
    tables = x.new_tensor([LUMINANCE, CHROMINANCE, CHROMINANCE])[None, :, None, :, None, :]
    steps = (tables * scale[..., None, None]).round().clamp(1, 255) / 255
    cosines = _cosines(x)
    blocks = _ycc(x).reshape(len(x), 3, x.shape[2] // 8, 8, x.shape[3] // 8, 8)
    found = torch.einsum("uy,bcrysx,vx->bcrusv", cosines, blocks, cosines)
    rounded = (found / steps).round() * steps
    back = torch.einsum("uy,bcrusv,vx->bcrysx", cosines, rounded, cosines).reshape(x.shape)
    return _rgb(back)


def emboss(x: Tensor) -> Tensor:
    """Light from one corner, of a strength of 0.5…1.5."""
    strength = between(x, 0.5, 1.5)[:, :, 0]  # (B, 1, 1)
    still = x.new_tensor([[-1, 0, 0], [0, 1, 0], [0, 0, 1]])
    lit = x.new_tensor([[-1, -1, 0], [-1, 0, 1], [0, 1, 1]])
    return blend(x, filtered(x, still + lit * strength), between(x, 0, 1))


def edges(x: Tensor) -> Tensor:
    """Laplace's operator, laid over."""
    return blend(x, filtered(x, x.new_tensor([[[0, 1, 0], [1, -4, 1], [0, 1, 0]]])), between(x, 0, 1))


def directed_edges(x: Tensor) -> Tensor:
    """Edges that look in one direction, laid over."""
    angle = 2 * math.pi * between(x, 0, 1)[:, 0]  # (B, 1, 1)
    rows = x.new_tensor([[-1, -1, -1], [0, 0, 0], [1, 1, 1]])
    nearness = (1 - (torch.atan2(rows.T, -rows) - angle).cos().acos() / math.pi) ** 4
    ring = nearness * x.new_tensor([[1, 1, 1], [1, 0, 1], [1, 1, 1]])
    kernel = -ring / ring.sum((1, 2), keepdim=True)
    kernel[:, 1, 1] = 1
    return blend(x, filtered(x, kernel), between(x, 0, 1))


def enhance_edges(x: Tensor) -> Tensor:
    """Pillow's EDGE_ENHANCE_MORE."""
    return filtered(x, x.new_tensor([[[-1, -1, -1], [-1, 9, -1], [-1, -1, -1]]]))


def contour(x: Tensor) -> Tensor:
    """Pillow's CONTOUR."""
    return 1 + filtered(x, x.new_tensor([[[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]]))


def _cosines(x: Tensor) -> Tensor:
    """(8, 8): rows are the cosines of the transform, orthonormal."""
    steps = torch.arange(8, device=x.device, dtype=x.dtype)
    rows = torch.cos(math.pi * (2 * steps + 1) * steps[:, None] / 16) / 2
    rows[0] /= math.sqrt(2)
    return rows


def _ycc(x: Tensor) -> Tensor:
    """Luminance and two differences of colour, about 0."""
    red, green, blue = x.unbind(1)
    luminance = 0.299 * red + 0.587 * green + 0.114 * blue
    return torch.stack([luminance - MIDDLE, (blue - luminance) / 1.772, (red - luminance) / 1.402], 1)


def _rgb(x: Tensor) -> Tensor:
    luminance, blue, red = x[:, 0] + MIDDLE, x[:, 1] * 1.772, x[:, 2] * 1.402
    return torch.stack([luminance + red, luminance - (0.114 * blue + 0.299 * red) / 0.587, luminance + blue], 1)


OPERATIONS: tuple[Operation, ...] = (
    add_elementwise, gaussian_noise, laplace_noise, poisson_noise, multiply, multiply_elementwise, dropout,
    coarse_dropout, drop_channels, impulse_noise, salt_and_pepper, salt, pepper, invert, solarize, jpeg, emboss, edges,
    directed_edges, enhance_edges, contour,
)  # fmt: skip
