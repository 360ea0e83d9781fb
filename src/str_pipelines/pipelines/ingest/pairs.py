"""ingest.pairs: words photographed from afar and from near, or drawn and spoiled → words in two resolutions."""

from kedro.pipeline import Node, Pipeline

from .nodes import describe_pairs, read_pairs

NAMESPACE, WHERE = "ingest.pairs", "params:execution"


def create_pipeline() -> Pipeline:
    """`ingest.pairs.read.source` says which set `raw_pairs` is; the rest of this block, how it is read."""
    nodes = [
        Node(read_pairs, ["raw_pairs", "params:read", WHERE], "pairs", name="read"),
        Node(describe_pairs, "pairs", "pairs_card", name="describe"),
    ]
    return Pipeline(
        nodes, namespace=NAMESPACE, inputs={"raw_pairs"}, outputs={"pairs", "pairs_card"}, parameters={WHERE}
    )
