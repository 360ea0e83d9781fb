"""textssr_infer: every word of a benchmark painted again in the seed's way, with any painter, and scored.

scenes → choose_anchors → propose_texts → infer → textssr_layout
                                               ↘ cut_regions → read → textssr_infer_report
"""

from kedro.pipeline import Node, Pipeline

from str_pipelines.pipelines.evaluate.nodes import read, score_generation
from str_pipelines.pipelines.synthesize.nodes import choose_anchors, propose_texts

from .nodes import cut_regions, infer, infer_real, write_layout

INPUTS = {"scenes", "painter", "paste_painter", "judge"}
PAINTED = ("painted", "pasted", "real")
OUTPUTS = {"textssr_layout", "textssr_infer_report"}


def create_pipeline(**_: object) -> Pipeline:
    """The painter's words, pasted ones and the real ones, all in the same squares and read by the same judge."""
    where = "params:execution"
    nodes = [
        Node(choose_anchors, ["scenes", "params:anchors", where], "anchors", name="choose_anchors"),
        Node(propose_texts, ["anchors", "params:texts", where], "jobs", name="propose_texts"),
        Node(infer, ["jobs", "scenes", "painter", "params:infer", where], "painted", name="infer", tags="gpu"),
        Node(infer, ["jobs", "scenes", "paste_painter", "params:infer", where], "pasted", name="infer_pasted"),
        Node(infer_real, ["jobs", "scenes", "params:infer", where], "real", name="infer_real"),
        Node(write_layout, "painted", "textssr_layout", name="write_layout"),
        *(Node(cut_regions, [name, where], f"{name}_regions", name=f"cut_{name}") for name in PAINTED),
        *(
            Node(read, [f"{name}_regions", "judge", where], f"{name}_readings", name=f"read_{name}", tags="gpu")
            for name in PAINTED
        ),
        Node(
            score_generation,
            ["painted_regions", "painted_readings", "pasted_readings", "real_readings"],
            "textssr_infer_report",
            name="score",
        ),
    ]
    return Pipeline(nodes, namespace="textssr_infer", inputs=INPUTS, outputs=OUTPUTS, parameters={where})
