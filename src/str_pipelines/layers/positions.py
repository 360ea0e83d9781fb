"""Sinusoidal positions: Vaswani et al., 2017, section 3.5."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def sinusoids(length: int, width: int) -> Tensor:
    """(length, width): sines in the even places, cosines in the odd ones, wavelengths from 2π to 10000 · 2π."""
    steps = torch.exp(torch.arange(0, width, 2) * (-math.log(10000.0) / width))
    angles = torch.arange(length).unsqueeze(1) * steps
    return torch.stack([angles.sin(), angles.cos()], -1).flatten(1)[:, :width]
