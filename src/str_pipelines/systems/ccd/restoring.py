"""What a restorer is worth: figures on words in two resolutions beside a bicubic filter's, and a sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from str_pipelines.imaging.sheets import Cell, sheet
from str_pipelines.metrics.restoration import psnr, ssim
from str_pipelines.recognizers.trained import as_tensor
from str_pipelines.systems.ccd.pairs import Restorable, Restorables

BATCH, SHOWN = 64, 24


def judged(restorer: nn.Module, pairs: Restorables, device: torch.device) -> Mapping[str, float]:
    """`psnr` (dB) and `ssim` of the restored pictures, `bicubic_psnr` and `bicubic_ssim` of those that it begins with:
    of RGB, at 32 x 128, means over the pictures."""
    rows = []
    for start in range(0, len(pairs), BATCH):
        samples = [pairs.sample(0, index) for index in range(start, min(start + BATCH, len(pairs)))]
        for restored, sample in zip(_restored(restorer, samples, device), samples, strict=True):
            high, bicubic = sample.high / 255, sample.bicubic / 255
            rows.append((psnr(restored, high), ssim(restored, high), psnr(bicubic, high), ssim(bicubic, high)))
    names = ("psnr", "ssim", "bicubic_psnr", "bicubic_ssim")
    return dict(zip(names, np.mean(rows, axis=0).tolist(), strict=True))


def look(restorer: nn.Module, pairs: Restorables, device: torch.device) -> bytes:
    """Some words as PNG: as they are, restored, and as they should be."""
    spread = sorted({number * len(pairs) // SHOWN for number in range(SHOWN)})
    samples = [pairs.sample(0, index) for index in spread]
    cells = []
    for restored, sample in zip(_restored(restorer, samples, device), samples, strict=True):
        said = f"{sample.key}: {psnr(restored, sample.high / 255):.1f} dB, {_bicubic(sample):.1f} before"
        cells.append(Cell([sample.low, np.round(restored * 255).astype(np.uint8), sample.high], said))
    return sheet(cells, columns=2, title="as it is, restored, as it should be")


def _restored(restorer: nn.Module, samples: Sequence[Restorable], device: torch.device) -> NDArray[np.float32]:
    """(B, 32, 128, 3) in 0…1."""
    found = restorer(as_tensor([sample.bicubic for sample in samples], device)).float().clamp(0, 1)
    return np.asarray(found.permute(0, 2, 3, 1).cpu().numpy(), np.float32)


def _bicubic(sample: Restorable) -> float:
    return psnr(sample.bicubic / 255, sample.high / 255)
