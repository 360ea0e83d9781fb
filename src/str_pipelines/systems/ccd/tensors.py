"""Pictures as the tensors that the networks take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from str_pipelines.recognizers.trained import as_tensor
from str_pipelines.systems.ccd.pictures import Picture


class Given(NamedTuple):
    """Of B pictures: themselves (B, 3, 32, 128) in 0…1, masks and regions (B, 32, 128) uint8, aspects (B,)."""

    pictures: Tensor
    masks: Tensor
    regions: Tensor
    aspects: Tensor


def tensors_of(pictures: Sequence[Picture], device: torch.device) -> Given:
    """On the device."""
    masks, regions = (np.stack([getattr(each, name) for each in pictures]) for name in ("mask", "regions"))
    aspects = torch.tensor([each.aspect for each in pictures], device=device)
    images = as_tensor([each.pixels for each in pictures], device)
    return Given(images, torch.from_numpy(masks).to(device), torch.from_numpy(regions).to(device), aspects)
