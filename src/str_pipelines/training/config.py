"""Parameters of a training run: what changes its result, and on what it runs."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from str_pipelines.params import Params


class OptimizerParams(Params):
    """AdamW; `warmup` steps up to `lr`, then `schedule` down to `final` × `lr` at the last step.

    Weight decay leaves out what has one dimension: biases and norms.
    """

    lr: float = Field(default=1e-3, gt=0)
    weight_decay: float = Field(default=0.01, ge=0)
    betas: tuple[float, float] = (0.9, 0.99)
    warmup: int = Field(default=100, ge=0)
    schedule: Literal["constant", "cosine", "linear"] = "cosine"
    final: float = Field(default=0.01, ge=0, le=1)


class TrainParams(Params):
    """How long and with what a stage trains. `batch_size` is that of one step, over all processes and `accumulate`.

    `clip` bounds the norm of the gradient, 0 does not; `ema` is the decay of the averaged weights, 0 keeps none.
    """

    steps: int = Field(default=1000, ge=1)
    batch_size: int = Field(default=64, ge=1)
    accumulate: int = Field(default=1, ge=1)
    optimizer: OptimizerParams = OptimizerParams()
    clip: float = Field(default=5.0, ge=0)
    ema: float = Field(default=0.0, ge=0, lt=1)
    validate_every: int = Field(default=500, ge=1)
    seed: int = Field(default=0, ge=0)


class Hardware(Params):
    """On what a stage trains. Nothing here is meant to change a result beyond rounding.

    `precision` auto takes bfloat16 where it is quicker here; `processes` of more than one are started by
    torch.distributed.run; `threads` are those of a process, 0 leaves it to torch; `save_seconds` is how much work a
    killed run may lose.
    """

    device: Literal["auto", "cpu", "cuda"] = "auto"
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    processes: int = Field(default=1, ge=1)
    threads: int = Field(default=0, ge=0)
    loader_workers: int = Field(default=0, ge=0)
    save_seconds: float = Field(default=60, ge=0)
    log_every: int = Field(default=20, ge=1)
