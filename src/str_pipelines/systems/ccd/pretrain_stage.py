"""The stage `ccd.pretrain`: a student learns where text is, and to see each character as its teacher does elsewhere."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Any, NamedTuple, cast

import numpy as np
import torch
from torch import Tensor, distributed, nn
from torch.optim import Optimizer

from str_pipelines.storage.words import WordLmdb
from str_pipelines.systems.ccd.config import PretrainConfig
from str_pipelines.systems.ccd.judging import judged, look
from str_pipelines.systems.ccd.losses import (
    distillation_losses,
    entropy,
    mean_over_processes,
    moved_centre,
    segmentation_loss,
)
from str_pipelines.systems.ccd.model import Seen, Student, Teacher
from str_pipelines.systems.ccd.pictures import Picture, gather, held_out
from str_pipelines.systems.ccd.schedules import cosine, momentum_at
from str_pipelines.systems.ccd.tensors import tensors_of
from str_pipelines.systems.ccd.views import two_views, warp_masks
from str_pipelines.training.loader import load
from str_pipelines.training.order import batch_stream
from str_pipelines.training.stage import Loss, Networks, Place, Validation

STUDENT, TEACHER = "student", "teacher"


class Batch(NamedTuple):
    """Which one it is of the training, counted from 0, and what it holds."""

    number: int
    pictures: list[Picture]


def make(config: Mapping[str, Any]) -> PretrainStage:
    """The stage of a worker's config.json."""
    return PretrainStage(PretrainConfig(**config))


class PretrainStage:
    """L_seg + L_dis, weights 1 : 1. What is special about a step is a function of its number, so that it resumes."""

    def __init__(self, config: PretrainConfig) -> None:
        self.config, self.done = config, 0
        pictures = gather(config.pictures, {name: WordLmdb.at(path) for name, path in config.sets.items()})
        self.pictures, self.held = held_out(pictures, config.validation, config.pictures.ratios)

    def build(self) -> dict[str, nn.Module]:
        """Student and teacher, the same at first; on several GPUs they norm by what all of them see."""
        student, teacher = Student(self.config.network, self.config.loss), Teacher(self.config.network)
        teacher.begin_as(student)
        if distributed.is_initialized() and distributed.get_backend() == "nccl":  # elsewhere torch has no such layer
            nn.SyncBatchNorm.convert_sync_batchnorm(student)  # type: ignore[no-untyped-call]
        return {STUDENT: student, TEACHER: teacher}

    def optimizers(self) -> Mapping[str, Sequence[str]]:
        """The teacher is moved by none."""
        return {STUDENT: [STUDENT]}

    def batches(self, place: Place, batch_size: int, workers: int) -> Generator[Batch]:
        """Pictures as they come, with their number."""
        groups = np.zeros(len(self.pictures), np.uint8)
        stream = batch_stream(groups, batch_size, self.config.pictures.seed, *place)
        for number, pictures in enumerate(load(self.pictures, stream, workers), place.step):
            yield Batch(number, pictures)

    def step(self, networks: Networks, batch: Batch, device: torch.device) -> Loss:
        """Both losses, and what shows whether the teacher collapses."""
        params, teacher = self.config.loss, cast(Teacher, networks[TEACHER])
        given = tensors_of(batch.pictures, device)
        views = two_views(given.pictures, given.aspects, self.config.views)
        masks = torch.cat([given.masks, warp_masks(given.masks, views.theta, 0.1 if params.reference else 0.5)])
        own = batch.number >= params.own_from * self.config.batches
        seen: Seen = networks[STUDENT](views.pictures, views.theta, None if own else given.regions)
        answers = teacher(views.pictures, seen.characters)
        segmentation = segmentation_loss(seen.logits, masks, params.reference)
        distillation = self._distillation(seen.projected, answers, teacher.centre)
        rows = torch.cat(answers)
        figures = {
            "pretrain/segmentation": segmentation,
            "pretrain/distillation": distillation,
            "pretrain/characters": seen.characters.chosen.sum() / len(given.pictures),
            "collapse/entropy": entropy(rows, teacher.centre, params.teacher_temperature).nan_to_num(),
            "collapse/centre": teacher.centre.norm(),
        }
        teacher.centre.copy_(moved_centre(teacher.centre, rows, params.centre, params.reference))
        return Loss({STUDENT: segmentation + distillation}, [each.key for each in batch.pictures], figures)

    def tune(self, networks: Networks, optimizers: Mapping[str, Optimizer], step: int) -> None:
        """Before the weights move: weight decay by its schedule, each tensor's gradient clipped by itself, and none for
        the prototypes at first (section 9)."""
        schedule, steps = self.config.schedule, self.config.steps
        student = cast(Student, networks[STUDENT])
        if step < self.config.loss.frozen * steps:
            for weight in student.head.last.parameters():
                weight.grad = None
        for group in optimizers[STUDENT].param_groups:
            if group["weight_decay"]:
                group["weight_decay"] = cosine(self.config.decay, schedule.final_decay, step, steps)
        gradients = [weight.grad for weight in student.parameters() if weight.grad is not None]
        if schedule.clip and gradients:
            norms = torch._foreach_norm(gradients)
            torch._foreach_mul_(gradients, [(schedule.clip / (norm + 1e-6)).clamp(max=1) for norm in norms])

    def after_step(self, networks: Networks, step: int) -> None:
        """The teacher follows."""
        self.done = step + 1
        momentum = momentum_at(step, self.config.steps, self.config.schedule.momentum)
        cast(Teacher, networks[TEACHER]).follow(cast(Student, networks[STUDENT]), momentum)

    def validate(self, networks: Networks, device: torch.device) -> Validation:
        """See `judging.judged`. None of its figures says which encoder will read best, so the last one counts."""
        student, teacher = cast(Student, networks[STUDENT]), cast(Teacher, networks[TEACHER])
        held = [self.held.sample(0, index) for index in range(len(self.held))]
        figures = judged(student, teacher, held, self.config.views, device)
        return Validation(figures, float(self.done), look(student, teacher, held, device))

    def _distillation(self, projected: Tensor, answers: tuple[Tensor, Tensor], centre: Tensor) -> Tensor:
        """Each view's characters as the teacher sees them in the other; the two directions count half each."""
        params, (regular, irregular) = self.config.loss, answers
        hot, cold = params.student_temperature, params.teacher_temperature
        first, second = projected.chunk(2)
        there = distillation_losses(first, irregular, centre, hot, cold)
        back = distillation_losses(second, regular, centre, hot, cold)
        return mean_over_processes((there + back) / 2, len(first), params.reference)
