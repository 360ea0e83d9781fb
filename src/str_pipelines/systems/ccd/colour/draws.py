"""What the operations draw and share: amounts a picture, masks of pixels, small filters."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

Operation = Callable[[Tensor], Tensor]


def between(x: Tensor, low: float, high: float, channels: int = 1) -> Tensor:
    """(B, channels, 1, 1), uniform."""
    return low + (high - low) * torch.rand(len(x), channels, 1, 1, device=x.device)


def yes(x: Tensor, chance: float) -> Tensor:
    """(B, 1, 1, 1) bool."""
    return torch.rand(len(x), 1, 1, 1, device=x.device) < chance


def per_channel(x: Tensor, chance: float, draw: Callable[[Tensor], Tensor]) -> Tensor:
    """What is drawn for three channels; of some pictures, by this chance, each has its own, of others the first's."""
    drawn = draw(x)
    return torch.where(yes(x, chance), drawn, drawn[:, :1])


def pixels(x: Tensor, chance: Tensor | float, own: float) -> Tensor:
    """(B, 3, H, W) bool: pixels with this chance, in each channel by itself where `own` comes true."""
    return per_channel(x, own, lambda x: torch.rand_like(x)) < chance


def blend(x: Tensor, other: Tensor, alpha: Tensor) -> Tensor:
    """x where alpha is 0, the other where it is 1."""
    return x + (other - x) * alpha


def grey(x: Tensor) -> Tensor:
    """(B, 1, H, W) luminance of Rec. 601."""
    weights = x.new_tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)
    return (x * weights).sum(1, keepdim=True)


def filtered(x: Tensor, kernels: Tensor) -> Tensor:
    """Each picture filtered by its own kernel (B, k, k), or all by (1, k, k); k is odd, the border is mirrored."""
    count, channels, height, width = x.shape
    reach = kernels.shape[-1] // 2
    padded = F.pad(x, (reach,) * 4, mode="reflect")
    padded = padded.reshape(1, count * channels, height + 2 * reach, width + 2 * reach)
    each = kernels.expand(count, -1, -1).repeat_interleave(channels, 0)[:, None].to(x.dtype)
    return F.conv2d(padded, each, groups=count * channels).view_as(x)


def windows(x: Tensor, side: int) -> Tensor:
    """(B, C, H, W, side²): what lies round each pixel, mirrored at the border."""
    padded = F.pad(x, (side // 2,) * 4, mode="reflect")
    return padded.unfold(2, side, 1).unfold(3, side, 1).flatten(4)


def offsets(side: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Rows and columns (side, side) counted from the middle."""
    line = torch.arange(side, device=device) - side // 2
    rows, columns = torch.meshgrid(line, line, indexing="ij")
    return rows.float(), columns.float()


def smooth_noise(x: Tensor, cells: tuple[int, int], octaves: int = 3) -> Tensor:
    """(B, 1, H, W) in 0…1: noise on a grid of cells, and on ever finer ones with half the weight."""
    total = x.new_zeros(len(x), 1, *x.shape[2:])
    for octave in range(octaves):
        size = cells[0] * 2**octave, cells[1] * 2**octave
        coarse = torch.rand(len(x), 1, *size, device=x.device)
        total += 0.5**octave * F.interpolate(coarse, size=x.shape[2:], mode="bilinear", align_corners=False)
    return total / sum(0.5**octave for octave in range(octaves))
