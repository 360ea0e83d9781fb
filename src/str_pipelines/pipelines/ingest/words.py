"""ingest.words: pictures of words and their labels, as a list, LMDBs of any dialect, MJ or ST → labelled words."""

from kedro.pipeline import Node, Pipeline

from .nodes import describe_words, preview_words, read_words

NAMESPACE, WHERE, READ = "ingest.words", "params:execution", "params:ingest.words.read"


def create_pipeline() -> Pipeline:
    """`ingest.words.read.source` says which set `raw_words` is; the rest of this block, how it is read."""
    nodes = [
        Node(read_words, ["raw_words", "params:read", WHERE], "words", name="read"),
        Node(describe_words, "words", "words_card", name="describe"),
    ]
    outputs = {"words", "words_card"}
    words = Pipeline(nodes, namespace=NAMESPACE, inputs={"raw_words"}, outputs=outputs, parameters={WHERE})
    return words + _preview()


def _preview() -> Pipeline:
    """The dry run: a namespace of its own, with the parameters of `ingest.words`."""
    return Pipeline(
        [Node(preview_words, ["raw_words", READ, WHERE], "words_preview", name="preview")],
        namespace="ingest.words_preview",
        inputs={"raw_words"},
        outputs={"words_preview"},
        parameters={READ, WHERE},
    )
