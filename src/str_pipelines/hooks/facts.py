"""What is written down of a run beside its parameters: its name, where its code stands, the command that repeats it."""

from __future__ import annotations

import getpass
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from socket import gethostname
from typing import Any

from kedro.io import DataCatalog
from kedro.pipeline import Pipeline

from str_pipelines.hooks.guard import process_id
from str_pipelines.hooks.parameters import free_inputs

SELECTIONS = ("namespaces", "node_names", "tags", "from_nodes", "to_nodes", "from_inputs", "to_outputs")


def experiment_of(run_params: Mapping[str, Any]) -> str:
    """The pipeline's name; for a run that names none, the name under which the default pipeline is also known."""
    from kedro.framework.project import pipelines

    default = next(name for name, pipeline in pipelines.items() if pipeline is pipelines["__default__"])
    return "+".join(sorted(run_params["pipeline_names"] or [default]))


def name_of(run_params: Mapping[str, Any], key: str) -> str:
    """What runs, in which environment, on what: `textssr.vae/paper/3fa9c1d2`."""
    what = "+".join(run_params["namespaces"] or []) or experiment_of(run_params)
    return f"{what}/{run_params['env'] or 'local'}/{key[:8]}"


def digests_of(pipeline: Pipeline, catalog: DataCatalog) -> dict[str, str]:
    """The digests of the free inputs that have one. What is loaded are handles, which is cheap."""
    values = {name: catalog.load(name) for name in free_inputs(pipeline)}
    return {name: value.digest for name, value in values.items() if hasattr(value, "digest")}


def tags_of(run_params: Mapping[str, Any], project: Path) -> dict[str, str]:
    """Who, where, by which command and with which code; what a person would search runs by."""
    chosen = {f"kedro.{name}": ",".join(run_params[name]) for name in SELECTIONS if run_params[name]}
    return {
        "mlflow.user": _user(),
        "mlflow.source.name": command(sys.argv),
        "mlflow.source.type": "LOCAL",
        "kedro.command": command(sys.argv),
        "kedro.env": run_params["env"] or "local",
        "kedro.version": run_params["kedro_version"],
        "process.host": gethostname(),
        "process.id": process_id(os.getpid()),
        **chosen,
        **commit(project),
    }


def command(argv: Sequence[str]) -> str:
    """The command line as it can be typed again."""
    program = Path(argv[0])
    start = ["python", "-m", program.parent.name] if program.name == "__main__.py" else program.name.split()
    return shlex.join([*start, *argv[1:]])


def commit(project: Path) -> dict[str, str]:
    """The commit that is checked out and whether files differ from it; nothing outside a git repository."""
    head = _git(project, "rev-parse", "HEAD")
    changed = str(bool(_git(project, "status", "--porcelain"))).lower()
    return {"mlflow.source.git.commit": head, "git.dirty": changed} if head else {}


def _git(project: Path, *words: str) -> str:
    program = shutil.which("git")
    if program is None:
        return ""
    return subprocess.run([program, *words], cwd=project, capture_output=True, text=True).stdout.strip()


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container whose user number has no name
        return str(os.getuid())
