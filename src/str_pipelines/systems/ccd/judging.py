"""What is said of an encoder that nobody has taught to read yet: figures on held-out words, and a sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from str_pipelines.imaging.regions import character_regions
from str_pipelines.imaging.sheets import Cell, sheet
from str_pipelines.systems.ccd import characters
from str_pipelines.systems.ccd.config import ViewParams
from str_pipelines.systems.ccd.model import Student, Teacher
from str_pipelines.systems.ccd.pictures import Picture
from str_pipelines.systems.ccd.tensors import tensors_of
from str_pipelines.systems.ccd.views import two_views

BATCH, SHOWN, SEED = 64, 24, 7
GOLDEN = 0.618034  # turns of the hue from one character to the next


def judged(
    student: Student, teacher: Teacher, held: Sequence[Picture], views: ViewParams, device: torch.device
) -> Mapping[str, float]:
    """Figures by `<chart>/<curve>`; the same views every time.

    `segmentation/iou`: text of the student's segmentation and of the masks, what is both over what is either, over all
    pixels. `characters/found_again`: the share of characters whose vector in the regular view has its own in the
    irregular one as the nearest among all of its batch of 64 pictures; `characters/compared`, how many a picture.
    `collapse/spread`: how far vectors of length 1 are from their mean, 0 where all are the same.
    """
    both, either, again, compared, spreads = 0, 0, 0, 0, []
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(SEED)
        for start in range(0, len(held), BATCH):
            given = tensors_of(held[start : start + BATCH], device)
            seen, text = two_views(given.pictures, given.aspects, views), _text(student, given.pictures)
            both += int((text & given.masks.bool()).sum())
            either += int((text | given.masks.bool()).sum())
            found = student.characters(given.regions, seen.theta)
            tokens = teacher.backbone.tokens(seen.pictures)
            pairs = characters.pair(tokens, found.weights, found.chosen)
            regular, irregular = (F.normalize(each.float(), dim=1) for each in (pairs.regular, pairs.irregular))
            compared += len(regular)
            if len(regular):
                nearest = (regular @ irregular.T).argmax(1)
                again += int((nearest == torch.arange(len(nearest), device=device)).sum())
                spreads.append(float((regular - regular.mean(0)).norm(dim=1).mean()))
    return {
        "segmentation/iou": both / max(either, 1),
        "characters/found_again": again / max(compared, 1),
        "characters/compared": compared / len(held),
        "collapse/spread": float(np.mean(spreads or [0.0])),
    }


def look(student: Student, teacher: Teacher, held: Sequence[Picture], device: torch.device) -> bytes:
    """Some held pictures as PNG, each beside the characters of its mask, the student's segmentation and its characters,
    each in a colour of its own, and where the teacher's last block looks."""
    shown = held[:SHOWN]
    given = tensors_of(shown, device)
    text = _text(student, given.pictures).byte().cpu().numpy()
    attention = teacher.backbone.attention(given.pictures).float().cpu().numpy()
    cells = [
        Cell(
            [each.pixels, in_colours(each.regions), _grey(own), in_colours(character_regions(own)), _heat(seen)],
            each.key,
        )
        for each, own, seen in zip(shown, text, attention, strict=True)
    ]
    return sheet(cells, columns=1, title="picture, characters of its mask, own segmentation, its characters, attention")


def in_colours(regions: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Regions (H, W) as (H, W, 3) uint8 RGB, neighbours in different hues."""
    hues = (regions.astype(np.float64) * GOLDEN % 1 * 180).astype(np.uint8)
    inside = np.where(regions > 0, 255, 0).astype(np.uint8)
    return np.asarray(cv2.cvtColor(cv2.merge([hues, inside // 3 * 2, inside]), cv2.COLOR_HSV2RGB), np.uint8)


def _text(student: Student, pictures: Tensor) -> Tensor:
    """(B, 32, 128) bool: where the student sees text."""
    logits = student.segmentation(student.backbone(pictures)[1])
    found: Tensor = logits[:, 1] > logits[:, 0]
    return found


def _grey(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.repeat(mask[..., None] * np.uint8(255), 3, 2)


def _heat(attention: NDArray[np.float32]) -> NDArray[np.uint8]:
    """A map of patches as (32, 128, 3) uint8, black where it is least and white where it is greatest."""
    least = attention.min()
    scaled = ((attention - least) / max(attention.max() - least, 1e-9) * 255).astype(np.uint8)
    return np.repeat(cv2.resize(scaled, (128, 32), interpolation=cv2.INTER_NEAREST)[..., None], 3, 2)
