"""ingest.rendered_words: a lexicon and fonts → labelled words without a scene."""

from kedro.pipeline import Node, Pipeline

from .nodes import describe_rendered_words, render_words

NAMESPACE, WHERE = "ingest.rendered_words", "params:execution"


def create_pipeline() -> Pipeline:
    """`params:ingest.rendered_words.render` says how many, of which words, in which fonts, on what."""
    nodes = [
        Node(render_words, ["renderer", "params:render", WHERE], "rendered_words", name="render"),
        Node(describe_rendered_words, "rendered_words", "rendered_words_card", name="describe"),
    ]
    outputs = {"rendered_words", "rendered_words_card"}
    return Pipeline(nodes, namespace=NAMESPACE, inputs={"renderer"}, outputs=outputs, parameters={WHERE})
