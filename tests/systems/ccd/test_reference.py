"""With `reference` the losses are those of the published code, written here plainly: a loop a picture, a plane a
character (sections 7 and 8 of the spec, faults 15, 16 and 20 of it)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from str_pipelines.systems.ccd.config import EncoderParams, HeadParams, LossParams, NetworkParams
from str_pipelines.systems.ccd.losses import distillation_losses, mean_over_processes, segmentation_loss
from str_pipelines.systems.ccd.model import Student, Teacher

NETWORK = NetworkParams(
    encoder=EncoderParams(width=16, depth=3, heads=2, inner=(1, 2, 3), patch=(4, 4), drop_path=0),
    segmentation=4,
    head=HeadParams(hidden=8, bottleneck=4, prototypes=12),
)


def plain_rows(tokens: Tensor, regions: Tensor, theta: Tensor) -> tuple[list[Tensor], list[Tensor]]:
    """The vectors that the published code compares, of each view."""
    found: tuple[list[Tensor], list[Tensor]] = ([], [])
    count = len(regions)
    for picture in range(count):
        planes = torch.stack([(regions[picture] == number).float() for number in range(1, 27)])
        grid = F.affine_grid(theta[picture : picture + 1], [1, 1, 32, 128], align_corners=False)
        moved = (F.grid_sample(planes[None], grid, align_corners=False)[0] > 0.1).float()
        first = F.interpolate(planes[None], size=(8, 32), mode="bilinear")[0].flatten(1)
        there = min(max(int((first.sum(1) > 0).sum()), 3), 26)
        for view, each in enumerate((planes, moved)):
            small = F.interpolate(each[None], size=(8, 32), mode="bilinear")[0].flatten(1)
            for number in range(min(there + 1, 26)):
                weights, total = small[number], small[number].sum()
                weights = weights / total if total > 0 else torch.zeros_like(weights)
                found[view].append(weights @ tokens[picture + view * count])
    return found


def plain_loss(student: list[Tensor], teacher: list[Tensor], centre: Tensor) -> Tensor:
    """The mean over characters of softmax against log-softmax, both directions, halved."""
    total = torch.zeros(())
    for mine, theirs in ((0, 1), (1, 0)):
        wanted = F.softmax((teacher[theirs] - centre) / 0.04, dim=-1)
        total = total + torch.sum(-wanted * F.log_softmax(student[mine] / 0.1, dim=-1), dim=-1).mean()
    return total / 2


def test_losses_and_gradients_are_the_published_ones() -> None:
    torch.manual_seed(0)
    student, teacher = Student(NETWORK, LossParams(reference=True)), Teacher(NETWORK)
    regions = torch.zeros(3, 32, 128, dtype=torch.uint8)
    regions[0, 6:26, 10:30], regions[0, 6:26, 40:44], regions[0, 10:20, 110:126] = 1, 2, 3
    regions[1, 2:30, 50:90] = 1
    for number in range(5):
        regions[2, 8:24, 20 * number : 20 * number + 12] = number + 1
    theta = torch.tensor(
        [[[1.1, 0.2, 0.1], [0.1, 0.9, 0]], [[1.0, 0, 0], [0, 1.0, 0]], [[0.8, -0.1, 0.4], [0, 1.2, 0]]]
    )
    views, masks = torch.rand(6, 3, 32, 128), torch.randint(0, 2, (6, 32, 128))
    centre = torch.randn(12) / 10

    seen = student(views, theta, regions)
    regular, irregular = teacher(views, seen.characters)
    first, second = seen.projected.chunk(2)
    there = distillation_losses(first, irregular, centre, 0.1, 0.04)
    back = distillation_losses(second, regular, centre, 0.1, 0.04)
    ours = mean_over_processes((there + back) / 2, len(first), reference=True)
    ours = ours + segmentation_loss(seen.logits, masks, reference=True)
    ours.backward()
    gradient = student.backbone.patches.weight.grad
    assert gradient is not None

    student.zero_grad()
    tokens, inner = student.backbone(views)
    rows = [student.head(torch.stack(each)) for each in plain_rows(tokens, regions, theta)]
    with torch.no_grad():
        wanted = [
            teacher.head(torch.stack(each)) for each in plain_rows(teacher.backbone.tokens(views), regions, theta)
        ]
    logits = F.softmax(student.segmentation(inner), dim=1)
    theirs = plain_loss(rows, wanted, centre) + F.cross_entropy(logits, masks)
    theirs.backward()
    assert len(first) == len(rows[0]) == 4 + 4 + 6
    assert torch.allclose(ours, theirs, rtol=1e-5)
    again = student.backbone.patches.weight.grad
    assert again is not None and torch.allclose(gradient, again, atol=1e-6)
