"""What the loop asks of a stage: everything that is special about one training run."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, runtime_checkable

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

Networks = Mapping[str, nn.Module]


class Place(NamedTuple):
    """Where a process stands: the step to begin with, counted from 0, and its rank among `world` processes."""

    step: int
    rank: int
    world: int


@dataclass(frozen=True)
class Validation:
    """Figures by `<chart>/<curve>`; `score`, of which more is better, chooses what is kept; a sheet as PNG bytes."""

    metrics: Mapping[str, float]
    score: float
    sheet: bytes = b""


@dataclass(frozen=True)
class Loss:
    """Losses by the name of the optimizer that answers for them, each a mean over the batch, and what they were of.

    `keys` names the samples, for whoever has to find the one that broke a run.
    """

    by_optimizer: Mapping[str, Tensor]
    keys: Sequence[str] = ()
    figures: Mapping[str, Tensor] = field(default_factory=dict)


class Stage(Protocol):
    """One training run. Its samples are a pure function of the step, its networks of the seed that torch has then."""

    def build(self) -> dict[str, nn.Module]:
        """The networks by name, all of which are saved; those that are named in `optimizers` learn."""
        ...

    def optimizers(self) -> Mapping[str, Sequence[str]]:
        """Which networks each optimizer moves."""
        ...

    def batches(self, place: Place, batch_size: int, workers: int) -> Generator[Any]:
        """Endless batches of `batch_size` over all processes, this process' share of each, from a step on."""
        ...

    def step(self, networks: Networks, batch: Any, device: torch.device) -> Loss:
        """The losses of a batch; called under autocast."""
        ...

    def after_step(self, networks: Networks, step: int) -> None:
        """After the optimizers moved: a teacher follows, for example."""
        ...

    def validate(self, networks: Networks, device: torch.device) -> Validation:
        """Figures on held-out data, with averaged weights where those are kept; called under autocast."""
        ...


@runtime_checkable
class Tunes(Protocol):
    """A stage that has a say before its optimizers move."""

    def tune(self, networks: Networks, optimizers: Mapping[str, Optimizer], step: int) -> None:
        """Change gradients, or groups of an optimizer such as their weight decay; the rate is the loop's.

        It has to be a function of the step: what it left in an optimizer is what a resumed run begins with.
        """
        ...
