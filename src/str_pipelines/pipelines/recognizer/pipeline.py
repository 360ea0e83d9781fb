"""recognizer: labelled words in, a reader out.

words → report_charset
words → train → describe
"""

from kedro.pipeline import Node, Pipeline

from .nodes import describe, report_charset, train

WHERE, ON = "params:execution", "params:hardware"


def create_pipeline(**_: object) -> Pipeline:
    """One namespace: its parameters are `recognizer.train.*`."""
    nodes = [
        Node(report_charset, ["words", "params:train"], "charset_report", name="report_charset"),
        Node(
            train,
            ["words", "charset_report", "params:train", ON, WHERE],
            "checkpoint",
            name="train",
            tags="gpu",
        ),
        Node(describe, "checkpoint", "recognizer_card", name="describe"),
    ]
    return Pipeline(
        nodes,
        namespace="recognizer",
        inputs={"words"},
        outputs={"charset_report", "recognizer_card"},
        parameters={WHERE, ON},
    )
