"""Severity 5, the one of the published settings: one operation of each group for each picture, all by chance."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from str_pipelines.systems.ccd.colour import arithmetic, blur, contrast, tone, weather
from str_pipelines.systems.ccd.colour.draws import Operation

Weighted = tuple[float, Sequence[tuple[float, Operation]]]


def even(chance: float, operations: Sequence[Operation]) -> Weighted:
    """A group whose operations have equal shares."""
    return chance, [(1 / len(operations), each) for each in operations]


GROUPS: Sequence[Weighted] = (
    even(1.0, arithmetic.OPERATIONS),
    even(0.7, tone.OPERATIONS),
    (0.7, [(0.5, blur.sharpen), *((0.1, each) for each in blur.BLURS)]),
    even(0.7, contrast.OPERATIONS),
    even(0.7, weather.OPERATIONS),
)
"""The chance that a group has any effect, and its operations with their shares."""


@torch.no_grad()
def coloured(pictures: Tensor, plain: float, groups: Sequence[Weighted] = GROUPS) -> Tensor:
    """Pictures (B, 3, H, W) in 0…1 → the same, with other colours, but for the share `plain` of them.

    Group follows group. Pictures that draw the same operation of a group go through it together.
    """
    found = pictures.clone(memory_format=torch.contiguous_format)
    kept = torch.rand(len(pictures), device=pictures.device) < plain
    for chance, operations in groups:
        shares = torch.tensor([share for share, _ in operations], device=pictures.device).cumsum(0)
        drawn = torch.rand(len(pictures), 2, device=pictures.device)
        chosen = torch.searchsorted(shares, drawn[:, 0].contiguous()).clamp(max=len(operations) - 1)
        chosen[kept | (drawn[:, 1] >= chance)] = -1
        order = chosen.cpu()  # the one time that the device is waited for, a group
        for number, (_, operation) in enumerate(operations):
            places = (order == number).nonzero().squeeze(1).to(pictures.device)
            if len(places):
                done = operation(found.index_select(0, places)).clamp(0, 1)
                found.index_copy_(0, places, done.to(found.dtype))
    return found
