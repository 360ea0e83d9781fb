"""Train a stage from a node: here where one process is enough, under torch.distributed.run where there are more."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from str_pipelines.storage.folders import write_whole
from str_pipelines.training.signals import Interrupted
from str_pipelines.training.worker import CONFIG, Job, work

GRACE = 30  # seconds that workers get to save when they are told to stop


def launch(job: Job) -> Path:
    """Train and return the folder of the best weights.

    Raises:
        RuntimeError: a worker failed; what it said stands above.
        Interrupted: the run was told to stop, and saved.
    """
    job.folder.mkdir(parents=True, exist_ok=True)
    config = job.folder / CONFIG
    write_whole(config, job.model_dump_json(indent=1).encode())
    if job.hardware.processes == 1:
        return work(job)
    from str_pipelines.training.loop import BEST

    _run([sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc_per_node={job.hardware.processes}",
          "-m", "str_pipelines.training.worker", str(config)], _threads(job))  # fmt: skip
    return job.folder / BEST


def _threads(job: Job) -> dict[str, str]:
    """Processes that each take all cores stand in each other's way."""
    each = job.hardware.threads or max(1, (os.cpu_count() or 1) // job.hardware.processes)
    return {**os.environ, "OMP_NUM_THREADS": str(each)}


def _run(command: list[str], environment: dict[str, str]) -> None:
    process = subprocess.Popen(command, env=environment, start_new_session=True)
    try:
        code = process.wait()
    except BaseException as error:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        raise Interrupted("stopped; the same command goes on from there") from error
    if code:
        raise RuntimeError(f"training ended with exit code {code}; what the processes said stands above")
