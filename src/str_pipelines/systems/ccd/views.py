"""The two views of a picture: the regular one coloured, the irregular one coloured and moved (section 5 of the spec).

All of a batch is done at once, on its device; pictures, masks and regions are moved by one and the same theta.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from str_pipelines.systems.ccd.colour.pipeline import coloured
from str_pipelines.systems.ccd.config import ViewParams


class Views(NamedTuple):
    """`pictures` (2B, 3, H, W) in 0…1, the regular ones first; `theta` (B, 2, 3) takes places in the irregular view
    to where they come from."""

    pictures: Tensor
    theta: Tensor


def two_views(pictures: Tensor, aspects: Tensor, params: ViewParams) -> Views:
    """Pictures (B, 3, H, W) in 0…1 and the width of each, as a multiple of its height, before it was stretched.

    What is drawn comes from torch's random numbers of the device. All of it is done with 32 bits, under autocast too.
    """
    with torch.autocast(pictures.device.type, enabled=False):
        theta = draw_theta(aspects, params)
        clean = torch.rand(len(theta), device=theta.device) < params.clean
        theta = torch.where(clean[:, None, None], torch.eye(2, 3, device=theta.device), theta)
        others = (~clean).nonzero().squeeze(1)
        regular, seen = coloured(torch.cat([pictures, pictures[others]]), params.plain).tensor_split([len(pictures)])
        irregular = pictures.index_copy(0, others, seen)
        return Views(torch.cat([regular, warp(irregular, theta)]), theta)


def draw_theta(aspects: Tensor, params: ViewParams) -> Tensor:
    """(B, 2, 3) inverse affine maps in affine_grid's coordinates, which go from -1 to 1 along either side.

    Scale, shear and turn are those of the picture before it was stretched to 32 x 128, about its middle. As -1 and 1
    are the outer edges (align_corners=False), stretching it does not change them, and no half pixel is lost.
    """
    turn, shear_x, shear_y = (
        torch.deg2rad(_between(aspects, -most, most)) for most in (params.turn, params.shear[0], params.shear[1])
    )
    scales = torch.diag_embed(torch.stack([_between(aspects, *params.scale) for _ in range(2)], 1))
    zero, one = torch.zeros_like(turn), torch.ones_like(turn)
    matrix = _matrix(turn.cos(), -turn.sin(), turn.sin(), turn.cos())
    matrix = matrix @ _matrix(one, zero, shear_y.tan(), one) @ _matrix(one, shear_x.tan(), zero, one) @ scales
    sides = torch.diag_embed(torch.stack([aspects, one], 1))  # from -1…1 to multiples of half the height
    forward = sides.inverse() @ matrix @ sides
    back = forward.inverse()
    shift = 2 * torch.stack([_between(aspects, -params.shift, params.shift) for _ in range(2)], 1)[..., None]
    return torch.cat([back, -back @ shift], 2)


def warp(planes: Tensor, theta: Tensor, mode: str = "bilinear") -> Tensor:
    """(B, C, H, W) as the irregular view has it; what comes from outside is 0. With 32 bits, under autocast too: with
    8 bits of precision places are up to half a pixel off."""
    with torch.autocast(planes.device.type, enabled=False):
        grid = F.affine_grid(theta, list(planes.shape), align_corners=False)
        return F.grid_sample(planes, grid, mode=mode, align_corners=False)


def warp_masks(masks: Tensor, theta: Tensor, least: float = 0.5) -> Tensor:
    """Masks (B, H, W) of 0 and 1 in the irregular view, 1 where more than `least` of a pixel is text; published: 0.1,
    which thickens strokes."""
    return (warp(masks[:, None].float(), theta)[:, 0] > least).to(masks.dtype)


def _matrix(a: Tensor, b: Tensor, c: Tensor, d: Tensor) -> Tensor:
    """(B, 2, 2) with the rows (a, b) and (c, d)."""
    return torch.stack([torch.stack([a, b], 1), torch.stack([c, d], 1)], 1)


def _between(like: Tensor, low: float, high: float) -> Tensor:
    return low + (high - low) * torch.rand_like(like)
