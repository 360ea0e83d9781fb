"""Handing over to MLflow what a file kept of a run."""

from __future__ import annotations

from pathlib import Path

from str_pipelines.storage.databases import silence_of
from str_pipelines.storage.journal import lines
from str_pipelines.tracking.store import WRITES, client_of, find_run, open_run

KEPT = "kept_as"  # a tag: under which id a file kept the run, so that handing it over twice makes one run


def replay(file: Path, uri: str) -> str:
    """Hand over to MLflow what a file kept, rename the file, and return the id of the run.

    Interrupted, it may be repeated: MLflow takes the same point once.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: a line of it cannot be read.
        ConnectionError: the store does not answer; nothing has been handed over.
    """
    if not file.is_file():
        raise FileNotFoundError(f"{file}: no such file; runs that were kept lie in mlflow_offline/")
    if reason := silence_of(uri):
        raise ConnectionError(f"MLflow at {uri} cannot be used ({reason}); try again when it answers")
    run_id, client = file.stem, client_of(uri)
    for arguments in lines(file):
        operation = arguments.pop("do")
        if operation == "open":
            run_id = find_run(client, KEPT, file.stem) or open_run(client, **arguments)
        else:
            WRITES[operation](client, run_id, **arguments)
    file.rename(file.with_suffix(".replayed"))
    return run_id
