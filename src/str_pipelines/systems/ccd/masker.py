"""CCD as a masker for the pipeline `masks`: what `ccd.segment` trained, or the segmentation head of an encoder."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import cast

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from str_pipelines.imaging.crop import TALL, upright
from str_pipelines.imaging.quick import decode_quick
from str_pipelines.maskers.masker import Masked
from str_pipelines.recognizers.shape import stretch
from str_pipelines.recognizers.trained import as_tensor
from str_pipelines.records import Refused, Word
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.digests import work_key
from str_pipelines.systems.ccd.checkpoint import load_masker_network, load_segmenter
from str_pipelines.systems.ccd.config import HEIGHT, WIDTH
from str_pipelines.systems.ccd.segmentation import SegmentationHead
from str_pipelines.systems.ccd.segmenting import text_share
from str_pipelines.systems.ccd.vit import VisionTransformer

VERSION = 1
BATCH = 16
"""Pictures that are seen at once, always: with fewer, kernels may add in another order, and a pixel that is text with
the probability one half would then depend on its neighbours in the batch."""
Pixels = NDArray[np.uint8]


class CcdMasker:
    """A `Masker`; its network loads when it is first used, once a process."""

    full = 1

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._checkpoint, self.digest = checkpoint, work_key("ccd masker", VERSION, {}, checkpoint.digest)

    def __call__(self, words: Sequence[Word]) -> list[Masked | Refused]:
        """See `Masker`; refuses as `imaging.decode`. `certainty` is the mean over the pixels of how likely each is what
        it is taken for."""
        seen = [_seen(word.image) for word in words]
        pictures = [each for each in seen if not isinstance(each, Refused)]
        shares = iter(_shares(_opened(self._checkpoint), pictures))
        return [each if isinstance(each, Refused) else _masked(next(shares), each.shape) for each in seen]


class _Head(nn.Module):
    """The student's segmentation as `Segmenter` is called."""

    def __init__(self, backbone: VisionTransformer, head: SegmentationHead) -> None:
        super().__init__()
        self.backbone, self.head = backbone, head

    def forward(self, images: Tensor) -> Tensor:
        """(B, 3, 32, 128) → (B, 2, 32, 128)."""
        return cast(Tensor, self.head(self.backbone(images)[1]))


def load_masker(checkpoint: Checkpoint) -> CcdMasker:
    """The masker of a checkpoint of `ccd.segment` or `ccd.pretrain`.

    Raises:
        FileNotFoundError, ValueError: it is something else, or its weights are not there or for another network.
    """
    _opened(checkpoint)
    return CcdMasker(checkpoint)


@lru_cache(maxsize=1)
def _opened(checkpoint: Checkpoint) -> nn.Module:
    encoder = checkpoint.config().get("kind") == "encoder"
    network = _Head(*load_segmenter(checkpoint)) if encoder else load_masker_network(checkpoint)
    return network.eval().requires_grad_(False).to("cuda" if torch.cuda.is_available() else "cpu")


def _seen(image: bytes) -> Pixels | Refused:
    try:
        return decode_quick(image)
    except Refused as refused:
        return refused


@torch.inference_mode()
def _shares(network: nn.Module, pictures: Sequence[Pixels]) -> list[NDArray[np.float32]]:
    """(32, 128) a picture: how likely each pixel is text."""
    device, found = next(network.parameters()).device, list[NDArray[np.float32]]()
    for start in range(0, len(pictures), BATCH):
        fitted = [stretch(upright(each), WIDTH, HEIGHT) for each in pictures[start : start + BATCH]]
        padded = [*fitted, *([fitted[0]] * (BATCH - len(fitted)))]
        found += list(text_share(network(as_tensor(padded, device))).cpu().numpy()[: len(fitted)])
    return found


def _masked(share: NDArray[np.float32], shape: tuple[int, ...]) -> Masked:
    """The mask of a picture (h, w, 3), at its size and as it lies."""
    height, width = shape[:2]
    turned = height > TALL * width
    whole = cv2.resize(share, (height, width) if turned else (width, height), interpolation=cv2.INTER_LINEAR)
    text = (whole > 0.5).astype(np.uint8)
    certainty = float(np.maximum(share, 1 - share).mean())
    return Masked(np.ascontiguousarray(np.rot90(text, -1)) if turned else text, certainty)
