"""What changes while a stage trains: networks, averages, optimizers and how far they are."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.utils import set_seed
from torch import Tensor, nn

from str_pipelines.training.config import OptimizerParams, TrainParams
from str_pipelines.training.stage import Stage


@dataclass
class Run:
    """`modules` are the bare networks, `networks` what the stage calls, `averages` follow the modules."""

    modules: dict[str, nn.Module]
    networks: dict[str, nn.Module]
    averages: dict[str, nn.Module]
    optimizers: dict[str, torch.optim.Optimizer]
    step: int = 0
    best: float | None = None
    best_step: int = 0
    figures: dict[str, float] = field(default_factory=dict)

    def states(self) -> dict[str, Mapping[str, Any]]:
        """State dicts by `<kind>/<name>`."""
        return {
            f"{kind}/{name}": each.state_dict() for kind, held in self._parts().items() for name, each in held.items()
        }

    def facts(self) -> dict[str, Any]:
        """What is no tensor."""
        return {"step": self.step, "best": self.best, "best_step": self.best_step, "figures": self.figures}

    def restore(self, states: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
        """Become what was saved."""
        for key, state in states.items():
            kind, _, name = key.partition("/")
            self._parts()[kind][name].load_state_dict(state)
        self.step, self.best, self.best_step = facts["step"], facts["best"], facts["best_step"]
        self.figures = dict(facts["figures"])

    def result(self) -> dict[str, dict[str, Tensor]]:
        """The weights that count: the averaged ones where they are kept."""
        return {name: self.averages.get(name, module).state_dict() for name, module in self.modules.items()}

    def judged(self) -> dict[str, nn.Module]:
        """The networks with the weights of `result`."""
        return {name: self.averages.get(name, module) for name, module in self.modules.items()}

    def _parts(self) -> dict[str, Mapping[str, Any]]:
        return {"network": self.modules, "average": self.averages, "optimizer": self.optimizers}


def begin(stage: Stage, params: TrainParams, machine: Accelerator) -> Run:
    """Everything as it is before the first step, a function of the seed."""
    set_seed(params.seed)
    modules = {name: network.to(machine.device) for name, network in stage.build().items()}
    moved = stage.optimizers()
    learning = {name for names in moved.values() for name in names}
    averages = {name: deepcopy(modules[name]).requires_grad_(False) for name in sorted(learning) if params.ema}
    networks = {name: machine.prepare(each) if name in learning else each for name, each in modules.items()}
    optimizers = {key: _optimizer([modules[name] for name in names], params.optimizer) for key, names in moved.items()}
    return Run(modules, networks, averages, optimizers)


@torch.no_grad()
def follow(average: nn.Module, module: nn.Module, decay: float, step: int) -> None:
    """Move the averaged weights towards the module's: slowly, but quickly in the first steps; counts are copied."""
    weight = 1 - min(decay, (1 + step) / (10 + step))
    theirs, ours = module.state_dict(), average.state_dict()
    for name, value in ours.items():
        if value.is_floating_point():
            value.lerp_(theirs[name], weight)
        else:
            value.copy_(theirs[name])


def _optimizer(networks: list[nn.Module], params: OptimizerParams) -> torch.optim.Optimizer:
    weights = [weight for network in networks for weight in network.parameters() if weight.requires_grad]
    groups = [
        {"params": [weight for weight in weights if weight.ndim > 1], "weight_decay": params.weight_decay},
        {"params": [weight for weight in weights if weight.ndim <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(
        [group for group in groups if group["params"]], lr=params.lr, betas=params.betas, fused=True
    )
