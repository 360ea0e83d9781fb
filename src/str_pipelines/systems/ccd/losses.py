"""CCD's losses: text or ground for each pixel, and each view's characters as the teacher sees them in the other
(section 8 of the spec)."""

from __future__ import annotations

import math

import torch
from torch import Tensor, distributed
from torch.nn import functional as F


def segmentation_loss(logits: Tensor, masks: Tensor, reference: bool = False) -> Tensor:
    """Cross-entropy of logits (N, 2, H, W) and masks (N, H, W) of 0 and 1.

    With `reference` a softmax stands before it, as published: whatever the network says, it stays in 0.313…1.313.
    """
    logits = logits.float()
    if reference:
        return F.cross_entropy(logits.softmax(1), masks.long())
    return F.binary_cross_entropy_with_logits(logits[:, 1] - logits[:, 0], masks.float())  # the same for two classes


def distillation_losses(student: Tensor, teacher: Tensor, centre: Tensor, hot: float, cold: float) -> Tensor:
    """(K,) cross-entropies of the student's characters and the teacher's of the other view.

    Args:
        student: (K, prototypes), divided by the temperature `hot`.
        teacher: (K, prototypes), less the `centre` (prototypes,), divided by `cold`; carries no gradient.
    """
    wanted = ((teacher.float() - centre) / cold).softmax(-1).detach()
    scores = student.float() / hot
    return scores.logsumexp(-1) - (wanted * scores).sum(-1)


def mean_over_processes(losses: Tensor, chosen: int, reference: bool = False) -> Tensor:
    """A loss whose gradient, averaged over processes as is done, is that of the mean over the characters of all.

    Args:
        losses: (K,) of this process, summed over what is compared; K may be 0.
        chosen: how many characters this process has.
        reference: the mean over this process' own, as published: a character counts more where there are few.
    """
    if reference or not _several():
        return losses.sum() / max(chosen, 1)
    total = summed(torch.tensor(float(chosen), device=losses.device))
    return losses.sum() * distributed.get_world_size() / total.clamp(min=1)


@torch.no_grad()
def moved_centre(centre: Tensor, teacher: Tensor, decay: float, reference: bool = False) -> Tensor:
    """The centre (prototypes,) after these rows (K, prototypes) of this process and those of all others.

    Sums and counts are added over processes before they are divided; without any row it stays. With `reference` the
    sum of all is divided by the rows of this process times processes, as published.
    """
    if reference:
        world = distributed.get_world_size() if _several() else 1
        return torch.lerp(summed(teacher.float().sum(0)) / (len(teacher) * world), centre, decay)
    rows = torch.tensor([float(len(teacher))], device=teacher.device)
    found = summed(torch.cat([teacher.float().sum(0), rows]))
    if not found[-1]:
        return centre
    return torch.lerp(found[:-1] / found[-1], centre, decay)


def summed(values: Tensor) -> Tensor:
    """Over all processes; the values themselves where there is one."""
    if _several():
        values = values.clone()
        distributed.all_reduce(values)
    return values


def entropy(teacher: Tensor, centre: Tensor, cold: float) -> Tensor:
    """How spread the teacher's answers are, 0…1: 0 for a single prototype each, 1 for all alike. Either is collapse
    where it stays so."""
    chances = ((teacher.float() - centre) / cold).log_softmax(-1)
    return -(chances.exp() * chances).sum(-1).mean() / math.log(teacher.shape[-1])


def _several() -> bool:
    return distributed.is_available() and distributed.is_initialized() and distributed.get_world_size() > 1
