"""The steps of `textssr_infer` that other pipelines do not have."""

from __future__ import annotations

from str_pipelines.execution import Execution
from str_pipelines.records import Table
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.storage.words import WordLmdb
from str_pipelines.synthesis.config import PaintParams


def infer(jobs: Table, scenes: SceneLmdb, painter: Checkpoint, params: PaintParams, execution: Execution) -> WordLmdb:
    """Each word painted alone into its source, and cut out in its square of 256 pixels."""
    from str_pipelines.synthesis.textssr_layout import infer as inferred
    from str_pipelines.zoo import load_painter

    return inferred(jobs, scenes, load_painter(painter, params.fonts), params, execution, "textssr_infer.infer")


def infer_real(jobs: Table, scenes: SceneLmdb, params: PaintParams, execution: Execution) -> WordLmdb:
    """The same squares with nothing painted."""
    from str_pipelines.synthesis.textssr_layout import infer as inferred

    return inferred(jobs, scenes, None, params, execution, "textssr_infer.real")


def cut_regions(squares: WordLmdb, execution: Execution) -> WordLmdb:
    """The axis-aligned region of each word in its square."""
    from str_pipelines.synthesis.textssr_layout import cut_regions as cut

    return cut(squares, execution, "textssr_infer.regions")


def write_layout(painted: WordLmdb) -> WordLmdb:
    """Hands the squares to the catalog entry that writes them as TextSSR does."""
    return painted
