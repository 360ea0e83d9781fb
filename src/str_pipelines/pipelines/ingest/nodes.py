"""The steps of `ingest`; the parsers are in sources/."""

from __future__ import annotations

from str_pipelines.execution import Execution
from str_pipelines.sources.config import ScenesParams
from str_pipelines.storage.scenes import SceneLmdb


def read_scenes(params: ScenesParams, execution: Execution) -> SceneLmdb:
    """Photographs of a source, with their text, each decoded once to know that it can be."""
    from str_pipelines.sources.scenes import ingest

    return ingest(params, execution)
