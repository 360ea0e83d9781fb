"""Learning rates as pure functions of the step, so that there is no state to save."""

from __future__ import annotations

from math import cos, pi

from str_pipelines.training.config import OptimizerParams


def rate_at(step: int, steps: int, params: OptimizerParams) -> float:
    """The learning rate of step `step`, 0 … steps-1.

    Linear from lr / warmup in the first `warmup` steps, then by `schedule` from lr to final × lr.
    """
    if step < params.warmup:
        return params.lr * (step + 1) / params.warmup
    progress = (step - params.warmup) / max(1, steps - 1 - params.warmup)
    fall = {"constant": 0.0, "linear": progress, "cosine": (1 - cos(pi * progress)) / 2}[params.schedule]
    return params.lr * (1 - (1 - params.final) * min(fall, 1.0))
