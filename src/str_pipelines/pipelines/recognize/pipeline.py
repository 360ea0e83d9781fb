"""recognize: pictures of one word each → what they say, a row a picture.

find_pictures → read → describe
"""

from kedro.pipeline import Node, Pipeline

from .nodes import describe_readings, find_pictures, read_pictures

WHERE = "params:execution"


def create_pipeline(**_: object) -> Pipeline:
    """`--params=pictures=…` says which: a folder, a word LMDB, one picture."""
    nodes = [
        Node(find_pictures, ["pictures", WHERE], "listed", name="find"),
        Node(read_pictures, ["listed", "reader", "params:read", WHERE], "readings", name="read", tags="gpu"),
        Node(describe_readings, ["readings", "listed"], "readings_report", name="describe"),
    ]
    outputs = {"readings", "readings_report"}
    return Pipeline(nodes, namespace="recognize", inputs={"pictures", "reader"}, outputs=outputs, parameters={WHERE})
