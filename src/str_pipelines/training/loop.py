"""The one training loop: rate, losses, clip, step, averages, validation, state. What is special is the stage's.

Killed at any moment, the same call goes on and ends with the same weights, bit for bit: samples, rates and random
numbers are functions of the step.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from accelerate import Accelerator
from accelerate.utils import set_seed
from torch import Tensor

from str_pipelines.training.config import Hardware, TrainParams
from str_pipelines.training.precision import resolve
from str_pipelines.training.run import Run, begin, follow
from str_pipelines.training.schedules import rate_at
from str_pipelines.training.signals import Interrupted, Termination
from str_pipelines.training.stage import Loss, Place, Stage, Tunes, Validation
from str_pipelines.training.state import load_state, save_state

logger = logging.getLogger(__name__)
LAST, BEST, BROKEN, SHEET = "last", "best", "broken_batch.json", "sheet.png"


class Record(Protocol):
    """Where figures and sheets of a run go, on its first process."""

    def figures(self, values: Mapping[str, float], step: int) -> None:
        """Figures by `<chart>/<curve>` at a step."""
        ...

    def sheet(self, png: bytes, step: int) -> None:
        """A picture of the validation, as PNG; empty where there is none."""
        ...


def train(stage: Stage, params: TrainParams, hardware: Hardware, folder: Path, record: Record) -> Path:
    """Train a stage to its last step, going on from what lies in `folder`, which is for this run alone.

    Returns:
        The folder of the best weights by validation, for `state.load_state`.

    Raises:
        FloatingPointError: a loss or gradient is not finite. Nothing was moved by it; the batch's keys are named, all
            of them in `broken_batch.json`.
        Interrupted: SIGTERM or Ctrl-C; the last whole step is saved.
        RuntimeError: a device is asked for that is not there.
    """
    machine = accelerator(hardware)
    run = begin(stage, params, machine)
    if saved := load_state(folder / LAST):
        run.restore(*saved)
        logger.info("going on from step %d of %d", run.step, params.steps)
    place = Place(run.step * params.accumulate, machine.process_index, machine.num_processes)
    share = params.batch_size // params.accumulate
    with Termination() as ended, closing(stage.batches(place, share, hardware.loader_workers)) as batches:
        _go(stage, run, batches, params, hardware, machine, folder, record, lambda: ended.asked)
    return folder / BEST


def accelerator(hardware: Hardware) -> Accelerator:
    """The devices, processes and number format to train with."""
    if hardware.threads:
        torch.set_num_threads(hardware.threads)
    cpu = hardware.device == "cpu" or not torch.cuda.is_available()
    if cpu and hardware.device == "cuda":
        raise RuntimeError("device cuda is asked for and there is none here; take auto or cpu")
    precision = resolve(hardware.precision, torch.device("cpu" if cpu else "cuda"))
    return Accelerator(cpu=cpu, mixed_precision="no" if precision == "fp32" else precision)


def _go(
    stage: Stage,
    run: Run,
    batches: Iterator[Any],
    params: TrainParams,
    hardware: Hardware,
    machine: Accelerator,
    folder: Path,
    record: Record,
    ended: Callable[[], bool],
) -> None:
    from tqdm import tqdm

    first, saved = machine.is_main_process, time.monotonic()
    with tqdm(total=params.steps, initial=run.step, unit=" steps", disable=not first) as bar:
        while run.step < params.steps:
            figures = _step(stage, run, batches, params, machine, folder)
            run.step += 1
            bar.update()
            final = run.step == params.steps
            if first and (final or run.step % hardware.log_every == 0):
                record.figures(shown := {name: float(value) for name, value in figures.items()}, run.step)
                bar.set_postfix_str(" ".join(f"{n}={v:.3g}" for n, v in shown.items() if n.startswith("loss/")))
            if final or run.step % params.validate_every == 0:
                _validate(stage, run, machine, folder, record)
            stop = _anyone(ended(), machine)
            if stop or final or time.monotonic() - saved > hardware.save_seconds:
                _save(run, machine, folder)
                saved = time.monotonic()
            if stop and not final:
                raise Interrupted(f"stopped at step {run.step} of {params.steps}; the same command goes on from there")


def _step(
    stage: Stage, run: Run, batches: Iterator[Any], params: TrainParams, machine: Accelerator, folder: Path
) -> dict[str, Tensor]:
    """One step of every optimizer; its figures stay where they were computed, so that a GPU is not waited for."""
    for optimizer in run.optimizers.values():
        optimizer.zero_grad()
    parts = []
    for part in range(params.accumulate):
        batch = next(batches)  # before the seed: a loader that begins here draws a random number of its own
        set_seed(int(np.random.SeedSequence((params.seed, run.step, part, machine.process_index)).generate_state(1)[0]))
        with machine.autocast():
            parts.append(stage.step(run.networks, batch, machine.device))
        machine.backward(torch.stack(tuple(parts[-1].by_optimizer.values())).sum() / params.accumulate)
    figures = _figures(parts)
    if isinstance(stage, Tunes):
        stage.tune(run.modules, run.optimizers, run.step)
    limit = params.clip or torch.inf
    for name, optimizer in run.optimizers.items():
        weights = [weight for group in optimizer.param_groups for weight in group["params"]]
        figures[f"gradient/{name}"] = torch.nn.utils.clip_grad_norm_(weights, limit)
    _require_finite(figures, parts, run.step, folder)
    rate = rate_at(run.step, params.steps, params.optimizer)
    for optimizer in run.optimizers.values():
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.step()
    for name, average in run.averages.items():
        follow(average, run.modules[name], params.ema, run.step)
    stage.after_step(run.modules, run.step)
    return {**figures, "train/rate": torch.tensor(rate)}


def _figures(parts: list[Loss]) -> dict[str, Tensor]:
    """Means over the parts of a batch."""
    each = [{**{f"loss/{name}": value for name, value in part.by_optimizer.items()}, **part.figures} for part in parts]
    return {name: torch.stack([of[name].detach().float() for of in each]).mean() for name in each[0]}


def _require_finite(figures: Mapping[str, Tensor], parts: list[Loss], step: int, folder: Path) -> None:
    if bool(torch.isfinite(torch.stack([value.cpu() for value in figures.values()])).all()):
        return
    keys = [key for part in parts for key in part.keys]
    folder.mkdir(parents=True, exist_ok=True)
    said = {"step": step, "figures": {name: str(float(value)) for name, value in figures.items()}, "keys": keys}
    (folder / BROKEN).write_text(json.dumps(said, indent=1, ensure_ascii=False), encoding="utf-8")
    broken = ", ".join(f"{name} is {float(value)}" for name, value in figures.items() if not torch.isfinite(value))
    raise FloatingPointError(
        f"step {step}: {broken}; nothing was moved. The batch was {', '.join(keys[:8])}"
        f"{' …' if len(keys) > 8 else ''} ({folder / BROKEN} has all). Lower the rate, clip, or look at those samples"
    )


def _validate(stage: Stage, run: Run, machine: Accelerator, folder: Path, record: Record) -> None:
    """On every process, so that none waits; written by the first."""
    networks = run.judged()
    for network in networks.values():
        network.eval()
    with torch.inference_mode(), machine.autocast():
        found: Validation = stage.validate(networks, machine.device)
    for network in networks.values():
        network.train()
    better = run.best is None or found.score > run.best
    if better:
        run.best, run.best_step, run.figures = found.score, run.step, dict(found.metrics)
    if machine.is_main_process:
        record.figures(found.metrics, run.step)
        record.sheet(found.sheet, run.step)
        logger.info("step %d: %s", run.step, ", ".join(f"{name} {value:.4g}" for name, value in found.metrics.items()))
        if better:
            save_state(folder / BEST, run.result(), run.facts(), {SHEET: found.sheet})
    machine.wait_for_everyone()


def _save(run: Run, machine: Accelerator, folder: Path) -> None:
    if machine.is_main_process:
        save_state(folder / LAST, run.states(), run.facts())
    machine.wait_for_everyone()


def _anyone(asked: bool, machine: Accelerator) -> bool:
    """Whether any process was asked to stop: all of them then do, after the same step."""
    if machine.num_processes == 1:
        return asked
    return bool(machine.reduce(torch.tensor(float(asked), device=machine.device), "sum") > 0)
