"""The steps of `recognize`."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from str_pipelines.execution import Execution
from str_pipelines.recognizers.reading_params import RecognizeParams
from str_pipelines.records import Report, Table
from str_pipelines.sources.pictures import Files, Stored
from str_pipelines.storage.checkpoints import Checkpoint


def find_pictures(pictures: Path, execution: Execution) -> Files | Stored:
    """Which pictures there are; none is opened yet."""
    from str_pipelines.sources.pictures import find_pictures

    return find_pictures(pictures, execution)


def read_pictures(pictures: Files | Stored, reader: Checkpoint, params: RecognizeParams, execution: Execution) -> Table:
    """A reading for each picture, or the reason why there is none."""
    from str_pipelines.recognizers.reading import Loader, read_listed
    from str_pipelines.zoo import load_reader

    loader = Loader(reader.digest, partial(load_reader, reader))
    return read_listed(pictures, loader, params.turn, execution, "recognize.read")


def describe_readings(readings: Table, pictures: Files | Stored) -> Report:
    """Counts, reasons, and a sheet of the least certain readings."""
    from str_pipelines.recognizers.pictures_report import pictures_report

    return pictures_report(readings, pictures)
