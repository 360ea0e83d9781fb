"""masks: labelled words → where their text is, pixel by pixel.

words → make → describe
"""

from kedro.pipeline import Node, Pipeline

from .nodes import describe_masks, make_masks

WHERE = "params:execution"


def create_pipeline(**_: object) -> Pipeline:
    """`--params=masker=…` says what tells text from ground: a shipped name or a folder of yours."""
    nodes = [
        Node(make_masks, ["words", "masker", "params:make", WHERE], "masks", name="make"),
        Node(describe_masks, ["masks", "words"], "masks_card", name="describe"),
    ]
    outputs = {"masks", "masks_card"}
    return Pipeline(nodes, namespace="masks", inputs={"words", "masker"}, outputs=outputs, parameters={WHERE})
