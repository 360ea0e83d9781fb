"""The steps of `ingest`; the parsers are in sources/."""

from __future__ import annotations

from str_pipelines.execution import Execution
from str_pipelines.records import Report
from str_pipelines.sources.config import ScenesParams
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.scenes import SceneLmdb


def read_scenes(params: ScenesParams, finder: Checkpoint, execution: Execution) -> SceneLmdb:
    """Photographs of a source, with their text, each decoded once to know that it can be."""
    from str_pipelines.sources.scenes import ingest
    from str_pipelines.zoo import load_finder

    return ingest(params, execution, load_finder(finder))


def preview_scenes(params: ScenesParams, finder: Checkpoint, execution: Execution) -> Report:
    """The same as a dry run: what would be read, what turned away and why."""
    from str_pipelines.sources.preview import preview
    from str_pipelines.zoo import load_finder

    return preview(params, execution, load_finder(finder))
