"""ingest.leaks: words that are trained on, and test sets → which words are in several of them."""

from kedro.pipeline import Node, Pipeline

from .nodes import find_leaks

NAMESPACE, WHERE = "ingest.leaks", "params:execution"


def create_pipeline() -> Pipeline:
    """`--params=words=FOLDER,benchmarks=FOLDER` says which; `params:ingest.leaks.find`, how alike is too alike."""
    outputs = ["leaks", "leaks_report"]
    return Pipeline(
        [Node(find_leaks, ["words", "benchmarks", "params:find", WHERE], outputs, name="find")],
        namespace=NAMESPACE,
        inputs={"words", "benchmarks"},
        outputs=set(outputs),
        parameters={WHERE},
    )
