"""From a picture of a word to a line of features: plain 3 x 3 convolutions, which processors do best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

HEIGHT = 32  # pixels; three halvings leave four rows, which the last convolution makes one


@dataclass(frozen=True)
class EncoderOptions:
    """What small recognizers have in common: the characters in the order of their classes, channels and residual blocks
    of the three levels, and the transformer that looks along the line."""

    characters: str
    channels: tuple[int, int, int] = (32, 64, 128)
    blocks: tuple[int, int, int] = (1, 1, 1)
    width: int = 192
    layers: int = 2
    heads: int = 4
    dropout: float = 0.1


def line_encoder(options: EncoderOptions) -> nn.TransformerEncoder:
    """A pre-norm transformer over the columns: (B, S, width) → the same shape."""
    width = options.width
    layer = nn.TransformerEncoderLayer(
        width, options.heads, 2 * width, options.dropout, "gelu", batch_first=True, norm_first=True
    )
    return nn.TransformerEncoder(layer, options.layers, nn.LayerNorm(width), enable_nested_tensor=False)


class ConvEncoder(nn.Module):
    """Pictures (B, 3, 32, W) in 0…1 → features (B, W/4, width).

    Args:
        channels: of the levels at 16 x W/2, 8 x W/4 and 4 x W/4.
        blocks: how many residual blocks a level has.
        width: features of a column.
    """

    def __init__(self, channels: Sequence[int], blocks: Sequence[int], width: int) -> None:
        super().__init__()
        first, second, third = channels
        self.levels = nn.Sequential(
            nn.PixelUnshuffle(2),  # (B, 12, 16, W/2): nothing is lost, and the costly first level is not computed
            *_level(12, first, 1, blocks[0]),
            *_level(first, second, 2, blocks[1]),  # (B, second, 8, W/4)
            *_level(second, third, (2, 1), blocks[2]),  # (B, third, 4, W/4)
        )
        self.column = nn.Conv2d(third, width, (HEIGHT // 8, 1))
        self.near = nn.Conv1d(width, width, 5, padding=2, groups=width)  # tells neighbours from others: the position

    def forward(self, images: Tensor) -> Tensor:
        """See the class."""
        levels = self.levels(standardise(images).contiguous(memory_format=torch.channels_last))
        column = self.column(levels).squeeze(2)  # (B, width, W/4)
        line: Tensor = (column + self.near(column)).transpose(1, 2)
        return line


class ResidualBlock(nn.Module):
    """He et al., 2016: x + convolution(convolution(x)), both 3 x 3 with batch norm."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.inner, self.outer = _conv(channels, channels), _conv(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) → the same shape."""
        return torch.relu(x + self.outer(torch.relu(self.inner(x))))


def standardise(images: Tensor) -> Tensor:
    """Mean 0 and standard deviation 1 for each picture, so that light and contrast do not matter."""
    mean, deviation = images.mean((1, 2, 3), keepdim=True), images.std((1, 2, 3), keepdim=True)
    return (images - mean) / (deviation + 0.02)


def _level(before: int, channels: int, stride: int | tuple[int, int], blocks: int) -> list[nn.Module]:
    return [_conv(before, channels, stride), nn.ReLU(), *(ResidualBlock(channels) for _ in range(blocks))]


def _conv(before: int, channels: int, stride: int | tuple[int, int] = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(before, channels, 3, stride, 1, bias=False), nn.BatchNorm2d(channels))
