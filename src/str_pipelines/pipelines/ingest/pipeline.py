"""ingest: raw sets in, LMDBs out; a namespace a kind of set.

    ingest.scenes: photographs with text → scenes
"""

from kedro.pipeline import Node, Pipeline

from .nodes import read_scenes


def create_pipeline(**_: object) -> Pipeline:
    """`params:ingest.scenes.read` says where photographs come from."""
    scenes = [Node(read_scenes, ["params:read", "params:execution"], "scenes", name="read")]
    return Pipeline(scenes, namespace="ingest.scenes", outputs={"scenes"}, parameters={"params:execution"})
