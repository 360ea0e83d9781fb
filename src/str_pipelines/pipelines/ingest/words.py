"""ingest.words: pictures of words and their labels, as a list, LMDBs of any dialect, MJ or ST → labelled words."""

from kedro.pipeline import Node, Pipeline

from .nodes import describe_words, read_words

NAMESPACE, WHERE = "ingest.words", "params:execution"


def create_pipeline() -> Pipeline:
    """`ingest.words.read.source` says which set `raw_words` is; the rest of this block, how it is read."""
    nodes = [
        Node(read_words, ["raw_words", "params:read", WHERE], "words", name="read"),
        Node(describe_words, "words", "words_card", name="describe"),
    ]
    return Pipeline(
        nodes, namespace=NAMESPACE, inputs={"raw_words"}, outputs={"words", "words_card"}, parameters={WHERE}
    )
