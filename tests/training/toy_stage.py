"""A stage that a test can follow: a line of 4 numbers is told from its sum; losses, sheets and faults on demand."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from str_pipelines.training.order import batch_stream
from str_pipelines.training.stage import Loss, Networks, Place, Validation

COUNT = 96


def make(config: Mapping[str, Any]) -> ToyStage:
    """What the worker calls."""
    return ToyStage(**config)


@dataclass
class ToyStage:
    """`broken_at` is the step whose loss is not a number, `dropout` makes it need random numbers."""

    dropout: float = 0.2
    broken_at: int = -1
    teacher: bool = False

    def build(self) -> dict[str, nn.Module]:
        student = nn.Sequential(nn.Linear(4, 16), nn.LayerNorm(16), nn.Dropout(self.dropout), nn.Linear(16, 1))
        return {"student": student, "teacher": nn.Linear(4, 16)} if self.teacher else {"student": student}

    def optimizers(self) -> Mapping[str, Sequence[str]]:
        return {"student": ["student"]}

    def batches(self, place: Place, batch_size: int, workers: int) -> Generator[Any]:
        groups = np.zeros(COUNT, np.int64)
        stream = batch_stream(groups, batch_size, 0, place.step, place.rank, place.world)
        torch.rand(1)  # as a DataLoader does when it begins
        for step, (epoch, indices) in enumerate(stream, place.step):
            yield step, epoch, indices

    def step(self, networks: Networks, batch: Any, device: torch.device) -> Loss:
        step, epoch, indices = batch
        x = sample(indices).to(device)
        loss = (networks["student"](x).squeeze(-1) - x.sum(-1)).square().mean()
        if step == self.broken_at:
            loss = loss * float("nan")
        return Loss({"student": loss}, [f"{epoch}/{index}" for index in indices])

    def after_step(self, networks: Networks, step: int) -> None:
        if self.teacher:
            with torch.no_grad():
                networks["teacher"].weight.lerp_(networks["student"][0].weight, 0.1)

    def validate(self, networks: Networks, device: torch.device) -> Validation:
        x = sample(np.arange(COUNT)).to(device)
        error = float((networks["student"](x).squeeze(-1) - x.sum(-1)).square().mean())
        return Validation({"error/all": error}, -error, b"sheet")


def sample(indices: Any) -> torch.Tensor:
    """(N, 4), a function of the indices."""
    return torch.stack([torch.from_numpy(np.random.default_rng(int(i)).random(4, np.float32)) for i in indices])
