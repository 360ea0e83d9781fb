"""Losses and vectors of characters against plain arithmetic, with the published faults and without them."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from str_pipelines.systems.ccd import characters
from str_pipelines.systems.ccd.config import EncoderParams, HeadParams, LossParams, NetworkParams
from str_pipelines.systems.ccd.losses import distillation_losses, mean_over_processes, moved_centre, segmentation_loss
from str_pipelines.systems.ccd.model import Student, Teacher
from str_pipelines.systems.ccd.schedules import cosine, momentum_at

TINY = NetworkParams(
    encoder=EncoderParams(width=16, depth=3, heads=2, inner=(1, 2, 3), drop_path=0),
    segmentation=4,
    head=HeadParams(hidden=8, bottleneck=4, prototypes=12),
)
STILL = torch.eye(2, 3)[None]


def test_distillation_is_the_cross_entropy() -> None:
    rng = np.random.default_rng(0)
    student, teacher, centre = rng.normal(size=(5, 7)), rng.normal(size=(5, 7)), rng.normal(size=7)
    wanted = np.exp((teacher - centre) / 0.04)
    wanted /= wanted.sum(1, keepdims=True)
    logged = student / 0.1 - np.log(np.exp(student / 0.1).sum(1, keepdims=True))
    found = distillation_losses(*(torch.tensor(each) for each in (student, teacher, centre)), 0.1, 0.04)
    assert np.allclose(found, -(wanted * logged).sum(1), atol=1e-4)


def test_the_published_segmentation_loss_is_confined() -> None:
    logits, masks = torch.zeros(1, 2, 2, 2), torch.ones(1, 2, 2)
    logits[:, 1] = 50
    assert segmentation_loss(logits, masks).item() == pytest.approx(0, abs=1e-6)
    assert segmentation_loss(logits, masks, reference=True).item() == pytest.approx(0.3133, abs=1e-4)
    assert segmentation_loss(-logits, masks, reference=True).item() == pytest.approx(1.3133, abs=1e-4)


def test_the_centre_follows_the_teacher() -> None:
    rows = torch.tensor([[1.0, 2.0], [3.0, 6.0]])
    assert torch.allclose(moved_centre(torch.ones(2), rows, 0.9), torch.tensor([1.1, 1.3]))
    assert torch.equal(moved_centre(torch.ones(2), rows[:0], 0.9), torch.ones(2))
    assert torch.allclose(moved_centre(torch.ones(2), rows, 0.9, reference=True), torch.tensor([1.1, 1.3]))
    assert float(mean_over_processes(torch.tensor([]), 0, reference=False)) == 0


@pytest.mark.parametrize("patch", [(4, 4), (4, 8)])
def test_vectors_of_characters_are_means_over_their_pixels(patch: tuple[int, int]) -> None:
    grid = EncoderParams(patch=patch).grid
    regions = torch.zeros(1, 32, 128, dtype=torch.uint8)
    regions[0, 3:30, 5:23], regions[0, 0:32, 63:64], regions[0, 8:12, 64:72] = 1, 2, 26
    found = characters.counts(regions, grid)
    assert found.shape == (1, 26, grid[0] * grid[1])
    assert found.sum(-1)[0].nonzero().flatten().tolist() == [0, 1, 25] and found.sum() == 27 * 18 + 32 + 32
    tokens = torch.randn(1, grid[0] * grid[1], 3)
    pixels = tokens.view(1, *grid, 3).repeat_interleave(patch[0], 1).repeat_interleave(patch[1], 2)[0]
    pooled = characters.pool(tokens, found)[0]
    for number in (1, 2, 26):
        assert torch.allclose(pooled[number - 1], pixels[regions[0] == number].mean(0), atol=1e-5)
    assert not pooled[5].any()  # nobody's
    thin, _ = characters.published_counts(regions, STILL, grid)
    assert thin[0, 1].sum() == 0  # a stroke one pixel wide falls between the samples: fault 20


def test_a_character_that_left_the_picture_is_not_compared() -> None:
    regions = torch.zeros(1, 32, 128, dtype=torch.uint8)
    regions[0, 8:24, 4:20], regions[0, 8:24, 60:76] = 1, 2
    theta = torch.tensor([[[1.0, 0, 0.25], [0, 1.0, 0]]])  # everything moves 16 pixels to the left
    student = Student(TINY, LossParams())
    assert student.characters(regions, theta).chosen[0].nonzero().flatten().tolist() == [1]
    half = torch.tensor([[[1.0, 0, 0.19], [0, 1.0, 0]]])  # 12 pixels: half of the first is left
    assert student.characters(regions, half).chosen[0].sum() == 2
    shrunk = torch.tensor([[[2.0, 0, 0], [0, 2.0, 0]]])  # a quarter of the pixels, but all of the character
    assert student.characters(regions, shrunk).chosen[0].sum() == 2
    assert Student(TINY, LossParams(reference=True)).characters(regions, theta).chosen[0].sum() == 4  # faults 16, 17


def test_own_regions_come_from_the_segmentation_from_left_to_right() -> None:
    logits = torch.zeros(1, 2, 32, 128)
    logits[:, 1] = -1
    logits[0, 1, 4:20, 90:99] = 1
    logits[0, 1, 12:30, 10:19] = 1
    logits[0, 1, 0:2, 50:53] = 1  # too small
    regions = characters.regions_of(logits)[0]
    assert (int(regions[15, 12]), int(regions[10, 92]), int(regions[1, 51])) == (1, 2, 0)


def test_gradients_reach_all_of_the_student_and_none_of_the_teacher() -> None:
    student, teacher = Student(TINY, LossParams()), Teacher(TINY)
    teacher.begin_as(student)
    regions = torch.zeros(2, 32, 128, dtype=torch.uint8)
    regions[:, 8:24, 40:60] = 1
    views, theta = torch.rand(4, 3, 32, 128), STILL.expand(2, -1, -1)
    seen = student(views, theta, regions)
    regular, irregular = teacher(views, seen.characters)
    first, second = seen.projected.chunk(2)
    assert torch.allclose(first, regular, atol=1e-5)  # the same weights, no depth left out, no dropout
    loss = distillation_losses(first, irregular, teacher.centre, 0.1, 0.04).mean()
    loss = loss + distillation_losses(second, regular, teacher.centre, 0.1, 0.04).mean()
    (loss + segmentation_loss(seen.logits, torch.zeros(4, 32, 128))).backward()
    assert all(weight.grad is not None for weight in student.parameters())
    assert all(weight.grad is None for weight in teacher.parameters())


def test_the_teacher_follows() -> None:
    student, teacher = Student(TINY, LossParams()), Teacher(TINY)
    mine, theirs = teacher.head.last.directions.clone(), student.head.last.directions
    teacher.follow(student, 0.75)
    assert torch.allclose(teacher.head.last.directions, 0.75 * mine + 0.25 * theirs)
    assert not teacher.centre.any()


def test_schedules_are_cosines() -> None:
    assert momentum_at(0, 100, 0.9995) == pytest.approx(0.9995) and momentum_at(100, 100, 0.9995) == 1
    assert cosine(0.04, 0.4, 50, 100) == pytest.approx(0.22)
    assert cosine(0.04, 0.4, 25, 100) == pytest.approx(0.4 - 0.36 * (1 + math.cos(math.pi / 4)) / 2)
