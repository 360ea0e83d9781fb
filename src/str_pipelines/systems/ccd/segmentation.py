"""Text or ground, pixel by pixel, from three inner blocks of the encoder (section 6.2 of the spec)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor, nn

from str_pipelines.systems.ccd.config import EncoderParams


class SegmentationHead(nn.Module):
    """Maps (B, width, rows, columns) of three blocks → logits (B, 2, 32, 128) of ground and text.

    What the published head builds and never uses (`conv_mla`, half a million weights) is left out.
    """

    def __init__(self, encoder: EncoderParams, channels: int) -> None:
        super().__init__()
        half, across = channels // 2, encoder.patch[1] // 4  # twice as far to go where patches are 8 wide
        self.inner = nn.ModuleList(
            nn.Sequential(
                *_normed(nn.Conv2d(encoder.width, channels, 3, padding=1, bias=False)),
                *_normed(nn.Conv2d(channels, half, 1, bias=False)),
            )
            for _ in encoder.inner
        )
        first = nn.ConvTranspose2d(3 * half, channels, (4, 4 * across), (2, 2 * across), (1, across))
        self.first = nn.Sequential(*_normed(first))
        self.second = nn.Sequential(*_normed(nn.ConvTranspose2d(channels, channels, 4, 2, 1)))
        self.out = nn.Conv2d(channels, 2, 3, padding=1)

    def forward(self, inner: Sequence[Tensor]) -> Tensor:
        """Of the maps in the order of their blocks."""
        narrowed = torch.cat([head(each) for head, each in zip(self.inner, inner, strict=True)], 1)
        return cast(Tensor, self.out(self.second(self.first(narrowed))))


def _normed(convolution: nn.Conv2d | nn.ConvTranspose2d) -> tuple[nn.Module, ...]:
    return convolution, nn.BatchNorm2d(convolution.out_channels), nn.ReLU(inplace=True)
