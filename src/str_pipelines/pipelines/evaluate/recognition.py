"""evaluate.recognition: benchmark sets and a reader → figures a set, means, times, earlier readers beside it.

find_sets → read → (time, score) → report
"""

from kedro.pipeline import Node, Pipeline

from .nodes import find_sets, read_sets, report_reader, score_reader, time_reader

NAMESPACE, WHERE = "evaluate.recognition", "params:execution"
PREDICTIONS, RESULTS, REPORT = "recognition_predictions", "recognition_results", "recognition_report"


def create_pipeline() -> Pipeline:
    """One reader a run: the catalog entry `reader`."""
    nodes = [
        Node(find_sets, ["benchmarks", "params:find", WHERE], ["sets", "left_out"], name="find_sets"),
        Node(read_sets, ["sets", "reader", "params:read", WHERE], PREDICTIONS, name="read", tags="gpu"),
        Node(time_reader, ["reader", "sets", PREDICTIONS, "params:read"], "timing", name="time", tags="gpu"),
        Node(score_reader, ["sets", PREDICTIONS, "reader", "params:read", "params:score"], RESULTS, name="score"),
        Node(report_reader, ["sets", "left_out", PREDICTIONS, "timing", RESULTS, "reader"], REPORT, name="report"),
    ]
    outputs = {PREDICTIONS, RESULTS, REPORT}
    return Pipeline(nodes, namespace=NAMESPACE, inputs={"benchmarks", "reader"}, outputs=outputs, parameters={WHERE})
