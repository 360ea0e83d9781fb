"""ingest.rendered_scenes: a lexicon, fonts and photographs → pieces of scenes with signs, for painters to train on."""

from kedro.pipeline import Node, Pipeline

from .nodes import describe_rendered_scenes, render_scenes

NAMESPACE, WHERE = "ingest.rendered_scenes", "params:execution"


def create_pipeline() -> Pipeline:
    """`params:ingest.rendered_scenes.render` says how many, of which words, in which fonts, on what."""
    nodes = [
        Node(render_scenes, ["renderer", "params:render", WHERE], "rendered_scenes", name="render"),
        Node(describe_rendered_scenes, "rendered_scenes", "rendered_scenes_card", name="describe"),
    ]
    outputs = {"rendered_scenes", "rendered_scenes_card"}
    return Pipeline(nodes, namespace=NAMESPACE, inputs={"renderer"}, outputs=outputs, parameters={WHERE})
