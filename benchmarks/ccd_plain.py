"""A step of CCD's pretraining plainly in the published way, from the views on: the baseline of `ccd.py`.

Regions, alignment and losses are those of sections 7 and 8 of the paper's code as it is said to work: every mask is
labelled with scikit-image, each character laid into a plane of its own, all 26 planes moved and sampled, one slot more
kept than there are characters, a softmax taken before the cross-entropy, each gradient's norm asked for by itself, and
the teacher moved a tensor at a time. The networks are ours, so that nothing else differs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from skimage.measure import label, regionprops
from torch import Tensor, nn
from torch.nn import functional as F

from str_pipelines.systems.ccd.model import Student, Teacher

SLOTS, LEAST = 26, 30
HOT, COLD, CENTRE, CLIP = 0.1, 0.04, 0.9, 3.0


class Batch(NamedTuple):
    """Views (2B, 3, 32, 128), the regular ones first, masks (B) of (32, 128), theta (B, 2, 3)."""

    views: Tensor
    masks: list[NDArray[np.uint8]]
    theta: Tensor


def planes_of(masks: list[NDArray[np.uint8]]) -> Tensor:
    """(B, 26, 32, 128), a plane a character."""
    planes = np.zeros((len(masks), SLOTS, *masks[0].shape))
    for picture, mask in enumerate(masks):
        parts = [part for part in regionprops(label(mask, connectivity=2)) if part.area >= LEAST][:SLOTS]
        for number, part in enumerate(sorted(parts, key=lambda part: part.centroid[1])):
            planes[picture, number][part.coords[:, 0], part.coords[:, 1]] = 1
    return torch.Tensor(planes)


def moved(planes: Tensor, theta: Tensor) -> Tensor:
    """In the irregular view."""
    grid = F.affine_grid(theta, list(planes.shape), align_corners=False)
    return (F.grid_sample(planes, grid, align_corners=False) > 0.1).float()


def weights_of(masks: list[NDArray[np.uint8]], theta: Tensor, grid: tuple[int, int]) -> tuple[Tensor, Tensor]:
    """(2B, 26, P) of both views, and which slots (2B, 26) are kept."""
    planes = planes_of(masks)
    small = F.interpolate(torch.cat([planes, moved(planes, theta)]), size=grid, mode="bilinear").flatten(2)
    total = small.sum(-1, keepdim=True)
    there = (total[: len(masks), :, 0] > 0).sum(1, keepdim=True).clamp(3, SLOTS)
    chosen = torch.arange(SLOTS) <= there
    return (small / total).nan_to_num(0), torch.cat([chosen, chosen])


def vectors(tokens: Tensor, weights: Tensor, chosen: Tensor) -> Tensor:
    """(2K, width), those of the regular views first."""
    return torch.bmm(weights, tokens)[chosen]


def distillation(student: Tensor, teacher: Tensor, centre: Tensor) -> Tensor:
    """Of (2K, prototypes) each."""
    answers = F.softmax((teacher - centre) / COLD, dim=-1).detach().chunk(2)
    losses = [
        torch.sum(-answer * F.log_softmax(each, dim=-1), dim=-1).mean()
        for view, answer in enumerate(answers)
        for other, each in enumerate((student / HOT).chunk(2))
        if view != other
    ]
    return sum(losses, torch.zeros(())) / 2


def segmentation(logits: Tensor, masks: Tensor, theta: Tensor) -> Tensor:
    """Of (2B, 2, 32, 128) and masks (B, 32, 128)."""
    wanted = torch.cat([masks, moved(masks[:, None], theta)[:, 0]])
    return F.cross_entropy(F.softmax(logits, dim=1), wanted.long())


def step(
    batch: Batch, student: Student, teacher: Teacher, optimizer: torch.optim.Optimizer, momentum: float
) -> tuple[float, Tensor]:
    """The loss, and the centre after it."""
    tokens, inner = student.backbone(batch.views)
    logits = student.segmentation(inner)
    weights, chosen = weights_of(batch.masks, batch.theta, student.backbone.params.grid)
    rows = student.head(vectors(tokens, weights, chosen))
    with torch.no_grad():
        answers = teacher.head(vectors(teacher.backbone(batch.views)[0], weights, chosen))
    masks = torch.from_numpy(np.stack(batch.masks)).float()
    loss = segmentation(logits, masks, batch.theta) + distillation(rows, answers, teacher.centre)
    optimizer.zero_grad()
    loss.backward()
    for weight in student.parameters():
        if weight.grad is not None and (norm := weight.grad.norm(2).item()) > CLIP:
            weight.grad.mul_(CLIP / (norm + 1e-6))
    optimizer.step()
    follow(teacher, student, momentum)
    return loss.item(), teacher.centre * CENTRE + answers.mean(0) * (1 - CENTRE)


@torch.no_grad()
def follow(teacher: nn.Module, student: nn.Module, momentum: float) -> None:
    """A tensor at a time."""
    theirs = dict(student.named_parameters())
    for name, weight in teacher.named_parameters():
        weight.mul_(momentum).add_((1 - momentum) * theirs[name].detach())
