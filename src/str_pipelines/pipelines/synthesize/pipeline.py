"""synthesize: photographs in, labelled words out.

scenes → choose_anchors → propose_texts → paint → read_back → accept → describe
                                                                     ↘ edited photographs, words by other painters
"""

from kedro.pipeline import Node, Pipeline

from .nodes import accept, choose_anchors, describe, edit_photographs, lay_beside, paint, propose_texts, read_back

INPUTS = {"scenes", "painter", "reader", "judge"}
OUTPUTS = {"synthetic_words", "synthesis_card"}


def create_pipeline(**_: object) -> Pipeline:
    """One namespace: kedro viz folds it into one box, its parameters are `synthesize.*`."""
    where = "params:execution"
    nodes = [
        Node(choose_anchors, ["scenes", "params:anchors", where], "anchors", name="choose_anchors"),
        Node(propose_texts, ["anchors", "params:texts", where], "jobs", name="propose_texts"),
        Node(paint, ["jobs", "scenes", "painter", "params:paint", where], "painted", name="paint", tags="gpu"),
        Node(read_back, ["painted", "reader", "judge", where], "readings", name="read_back", tags="gpu"),
        Node(accept, ["painted", "readings", "params:accept", where], "synthetic_words", name="accept"),
        Node(
            edit_photographs,
            ["synthetic_words", "scenes", "painter", "params:paint", "params:photographs"],
            "photographs",
            name="edit_photographs",
            tags="gpu",
        ),
        Node(
            lay_beside,
            ["synthetic_words", "scenes", "painter", "params:paint", "params:photographs"],
            "beside",
            name="lay_beside",
            tags="gpu",
        ),
        Node(
            describe,
            ["anchors", "jobs", "synthetic_words", "photographs", "beside"],
            "synthesis_card",
            name="describe",
        ),
    ]
    return Pipeline(nodes, namespace="synthesize", inputs=INPUTS, outputs=OUTPUTS, parameters={where})
