"""What is written down of a run's parameters beside those that its nodes are given."""

from __future__ import annotations

from kedro.io import DataCatalog, MemoryDataset
from kedro.pipeline import Node, Pipeline

from str_pipelines.datasets.checkpoints import CheckpointDataset
from str_pipelines.hooks.parameters import chosen


def paint(words: object, painter: object) -> object:
    return words, painter


def test_a_painter_is_written_down_whether_it_was_asked_for_or_not() -> None:
    catalog = DataCatalog({
        "words": MemoryDataset("words"),
        "painter": CheckpointDataset("render"),
        "judge": CheckpointDataset("rapidocr"),
        "painted": CheckpointDataset("paste"),
    })  # fmt: skip
    pipeline = Pipeline([Node(paint, ["words", "painter"], "painted", name="paint")])
    assert chosen(pipeline, catalog) == {"painter": "render"}
