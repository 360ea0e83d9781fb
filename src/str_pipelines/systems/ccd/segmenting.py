"""What a segmenter is worth: figures on words with masks, and a sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from str_pipelines.imaging.sheets import Cell, sheet
from str_pipelines.metrics.segmentation import OPEN, Counts
from str_pipelines.recognizers.trained import as_tensor
from str_pipelines.systems.ccd.marked import Marked, MarkedWords

BATCH, SHOWN = 64, 24


def text_share(logits: Tensor) -> Tensor:
    """(B, H, W): how likely each pixel is text, of logits (B, 2, H, W)."""
    return logits.float().softmax(1)[:, 1]


def judged(segmenter: nn.Module, words: MarkedWords, device: torch.device) -> Mapping[str, float]:
    """Figures as in `metrics.segmentation`, at 32 x 128."""
    counts = Counts()
    for start in range(0, len(words), BATCH):
        samples = [words.sample(0, index) for index in range(start, min(start + BATCH, len(words)))]
        for found, sample in zip(_found(segmenter, samples, device), samples, strict=True):
            counts.add(found, sample.target)
    return counts.figures()


def look(segmenter: nn.Module, words: MarkedWords, device: torch.device) -> bytes:
    """Some words as PNG, each beside the text that is marked, grey where that is open, and the text that is found."""
    spread = sorted({number * len(words) // SHOWN for number in range(SHOWN)})
    samples = [words.sample(0, index) for index in spread]
    cells = []
    for found, sample in zip(_found(segmenter, samples, device), samples, strict=True):
        iou = Counts().add(found, sample.target)
        cells.append(Cell([sample.pixels, _grey(sample.target), _grey(found)], f"{sample.key}: IoU {iou:.2f}"))
    return sheet(cells, columns=2, title="picture, marked text, found text")


def _found(segmenter: nn.Module, samples: Sequence[Marked], device: torch.device) -> NDArray[np.uint8]:
    """(B, 32, 128), 1 where text is found."""
    share = text_share(segmenter(as_tensor([sample.pixels for sample in samples], device)))
    return np.asarray((share > 0.5).byte().cpu().numpy(), np.uint8)


def _grey(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    shades = np.where(mask == OPEN, 127, mask * np.uint8(255)).astype(np.uint8)
    return np.repeat(shades[..., None], 3, 2)
