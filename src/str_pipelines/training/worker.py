"""Train one stage, by a file of plain values: python -m str_pipelines.training.worker config.json

It knows neither Kedro nor MLflow: for torch.distributed.run, SLURM, and machines that have only torch, accelerate, lmdb
and pyarrow. Figures go to `figures.jsonl` and the last sheet to `sheet.png` in the folder of the run, and to the MLflow
run in progress where it was started by one.
"""

from __future__ import annotations

import argparse
import importlib
import json
import logging
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from str_pipelines.params import Params
from str_pipelines.storage.folders import write_whole
from str_pipelines.tracking import active_tracker
from str_pipelines.training.config import Hardware, TrainParams

FIGURES, SHEET, CONFIG = "figures.jsonl", "sheet.png", "worker.json"
STOPPED = 143  # what a shell says of a process that was ended by SIGTERM


class Job(Params):
    """What config.json holds. `stage` is a module below `str_pipelines` with `make(config) -> Stage`.

    `label` tells its charts from those of other stages in the same MLflow run.
    """

    stage: str
    config: dict[str, Any]
    train: TrainParams
    hardware: Hardware = Hardware()
    folder: Path
    label: str = ""


def work(job: Job) -> Path:
    """Train, here and now; the folder of the best weights."""
    from str_pipelines.training.loop import train

    stage = importlib.import_module(f"str_pipelines.{job.stage}").make(job.config)
    job.folder.mkdir(parents=True, exist_ok=True)
    return train(stage, job.train, job.hardware, job.folder, FileRecord(job))


class FileRecord:
    """A `loop.Record` in files, and in the run in progress where there is one."""

    def __init__(self, job: Job) -> None:
        self.folder, self.tracker = job.folder, active_tracker()
        self.before = f"{job.label}_" if job.label else ""

    def figures(self, values: Mapping[str, float], step: int) -> None:
        """Append a line."""
        with (self.folder / FIGURES).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"step": step, **values}) + "\n")
        if self.tracker:
            self.tracker.metrics({f"{self.before}{name}": value for name, value in values.items()}, step)

    def sheet(self, png: bytes, step: int) -> None:
        """Replace the last one."""
        if png:
            write_whole(self.folder / SHEET, png)
        if png and self.tracker:
            self.tracker.image(f"{self.before}validation/sheet", png, step)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m str_pipelines.training.worker", description="Train one stage.")
    parser.add_argument("config", type=Path)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    job = Job(**json.loads(parser.parse_args().config.read_bytes()))
    from str_pipelines.training.signals import Interrupted

    try:
        sys.stdout.write(f"{work(job)}\n")
    except Interrupted as stopped:
        sys.stderr.write(f"{stopped}\n")
        sys.exit(STOPPED)


if __name__ == "__main__":
    main()
