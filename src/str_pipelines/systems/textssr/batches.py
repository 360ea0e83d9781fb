"""Regions as the tensors that the networks take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from str_pipelines.systems.textssr.conditions import Conditions


class Told(NamedTuple):
    """The conditions of B words: `keep` (B, 1, H, W), 1 where the photograph stays and 0 in the hole; `glyph`
    (B, 3, H, W) in -1…1, ink is -1 and paper 1; `cells` (B, 25, c, c) in 0…1, white is 1; `counts` (B,)."""

    keep: Tensor
    glyph: Tensor
    cells: Tensor
    counts: Tensor


def pictures_of(pictures: Sequence[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]], device: torch.device) -> Tensor:
    """B pictures (H, W, 3) uint8, all of one size, → (B, 3, H, W) in -1…1."""
    return torch.from_numpy(np.stack(pictures)).to(device).permute(0, 3, 1, 2).float() / 127.5 - 1


def told_of(conditions: Sequence[Conditions], device: torch.device) -> Told:
    """The conditions of B words."""

    def planes(name: str) -> Tensor:
        return torch.from_numpy(np.stack([getattr(each, name) for each in conditions])).to(device).float() / 255

    ink = planes("glyph")[:, None]
    counts = torch.tensor([each.count for each in conditions], device=device)
    return Told(1 - planes("hole")[:, None], (1 - 2 * ink).expand(-1, 3, -1, -1), planes("cells"), counts)


def masked(pictures: Tensor, told: Told) -> Tensor:
    """The pictures with the hole in mid grey, 0."""
    return pictures * (told.keep > 0.999)


def soft_mask(told: Told, factor: int) -> Tensor:
    """`keep` at the size of the latents: averaged, since a hole a few pixels high would vanish among nearest ones."""
    return F.avg_pool2d(told.keep, factor)


def blank(told: Told, which: Tensor) -> Told:
    """Where `which` (B,) is true nothing is said about the text: white paper, no characters."""
    some = which[:, None, None, None]
    return Told(
        told.keep,
        torch.where(some, torch.ones_like(told.glyph), told.glyph),
        torch.where(some, torch.ones_like(told.cells), told.cells),
        torch.where(which, torch.zeros_like(told.counts), told.counts),
    )


def pieces_with_text(pictures: Tensor, keep: Tensor, side: int) -> tuple[Tensor, Tensor]:
    """Of each picture (B, 3, H, W) and its `keep` the square of `side` pixels round a pixel of the hole, any of them.

    With 0, or not less than R, the whole.
    """
    height, width = pictures.shape[-2:]
    if not 0 < side < min(height, width):
        return pictures, keep
    middles = torch.multinomial(1 - keep.flatten(1), 1)[:, 0].tolist()
    tops = [min(max(middle // width - side // 2, 0), height - side) for middle in middles]
    lefts = [min(max(middle % width - side // 2, 0), width - side) for middle in middles]
    cuts = [(..., slice(top, top + side), slice(left, left + side)) for top, left in zip(tops, lefts, strict=True)]
    found, kept = (
        torch.stack([each[cut] for each, cut in zip(planes, cuts, strict=True)]) for planes in (pictures, keep)
    )
    return found, kept
