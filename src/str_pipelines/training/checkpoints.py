"""From a training run to a committed checkpoint folder, and from that to its card: what all systems' stages share."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from str_pipelines.execution import Execution, step_folder
from str_pipelines.records import Report
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.folders import commit, part_of
from str_pipelines.training.worker import Job

logger = logging.getLogger(__name__)
Write = Callable[[Path, Mapping[str, Any]], None]
"""Puts config.json and the weights of the best states into a folder that is there."""


def trained(step: str, key: str, job: Job, execution: Execution, write: Write, said: str) -> Checkpoint:
    """Train, or go on training, or find it done under its work key.

    Args:
        job: its folder and label are set here.
        said: how the card begins, in Markdown; step and figures follow.

    Raises:
        FloatingPointError, Interrupted: as `training.loop.train`.
    """
    from str_pipelines.training.launch import launch

    with step_folder(execution, step, key) as folder:
        made = folder / "checkpoint"
        if (made / "config.json").is_file():
            logger.info("%s: found done in %s", step, made)
        else:
            best = launch(job.model_copy(update={"folder": folder / "run", "label": step.rpartition(".")[2]}))
            _write(made, best, step, write, said)
        return Checkpoint.at(made)


def card(checkpoint: Checkpoint) -> Report:
    """The card of a stage as a report: figures of its best validation, its sheet."""
    said = json.loads((checkpoint.path / "metrics.json").read_bytes())
    sheet = (checkpoint.path / "sheet.png").read_bytes()
    text = (checkpoint.path / "README.md").read_text(encoding="utf-8")
    stage = said["stage"].rpartition(".")[2]  # all stages may be in one run
    metrics = {stage: {name.replace("/", "_"): value for name, value in said["figures"].items()}}
    return Report(metrics, text, sheets={f"{stage}_validation": sheet} if sheet else {})


def _write(target: Path, best: Path, step: str, write: Write, said: str) -> None:
    from str_pipelines.training.loop import SHEET
    from str_pipelines.training.state import load_state

    saved = load_state(best)
    if saved is None:
        raise FileNotFoundError(f"{best}: training ended without a validation; remove {best.parent} and run it again")
    states, facts = saved
    part = part_of(target)
    write(part, states)
    (part / "metrics.json").write_text(json.dumps({"stage": step} | facts, indent=1), encoding="utf-8")
    (part / "sheet.png").write_bytes((best / SHEET).read_bytes())
    figures = [f"| {name} | {value:.4f} |" for name, value in facts["figures"].items()]
    lines = ["", f"On what was held out, at step {facts['step']:,}:", "", "| figure | |", "|---|---|", *figures, ""]
    (part / "README.md").write_text("\n".join([said, *lines]), encoding="utf-8")
    commit(part, target)
