"""ingest.masked_words: words whose text somebody has marked pixel by pixel → these words and their masks."""

from kedro.pipeline import Node, Pipeline

from .nodes import annotated_masks, describe_masked_words, read_masked_words

NAMESPACE, WHERE = "ingest.masked_words", "params:execution"


def create_pipeline() -> Pipeline:
    """`ingest.masked_words.read.source` says which set `raw_masked_words` is; the rest, how it is read."""
    made = ["masked_words", "true_masks"]
    nodes = [
        Node(read_masked_words, ["raw_masked_words", "params:read", WHERE], "masked_words", name="read"),
        Node(annotated_masks, ["masked_words", "raw_masked_words", WHERE], "true_masks", name="mask"),
        Node(describe_masked_words, made, "masked_words_card", name="describe"),
    ]
    outputs = {*made, "masked_words_card"}
    return Pipeline(nodes, namespace=NAMESPACE, inputs={"raw_masked_words"}, outputs=outputs, parameters={WHERE})
