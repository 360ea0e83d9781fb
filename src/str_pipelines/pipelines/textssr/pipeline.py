"""textssr: rendered and real scenes in, a painter out, in three stages, each a namespace with a checkpoint of its own.

scenes → cut_windows → vae, step2
rendered_scenes → vae, step1
vae → step1 → step2 (rendered_scenes too, a part)
"""

from kedro.pipeline import Node, Pipeline

from .nodes import cut_windows, describe, train_step1, train_step2, train_vae

WHERE, ON = "params:execution", "params:hardware"
SETTINGS = ["params:train", ON, WHERE]
RENDERED, REAL = "rendered_scenes", "textssr.windows"
TRAIN = {"name": "train", "tags": "gpu"}


def create_pipeline(**_: object) -> Pipeline:
    """A stage alone is `--namespaces=textssr.vae`, its parameters are `textssr.vae.*`."""
    words = Pipeline(
        [Node(cut_windows, ["scenes", "params:cut", WHERE], "windows", name="cut_windows")],
        namespace="textssr",
        inputs={"scenes"},
        parameters={WHERE},
    )
    return (
        words
        + _stage("vae", Node(train_vae, [RENDERED, REAL, *SETTINGS], "checkpoint", **TRAIN))
        + _stage("step1", Node(train_step1, [RENDERED, "textssr.vae.checkpoint", *SETTINGS], "checkpoint", **TRAIN))
        + _stage(
            "step2", Node(train_step2, [REAL, RENDERED, "textssr.step1.checkpoint", *SETTINGS], "checkpoint", **TRAIN)
        )
    )


def _stage(name: str, train: Node) -> Pipeline:
    nodes = [train, Node(describe, "checkpoint", "card", name="describe")]
    given = {each for each in train.inputs if not each.startswith("params:")}
    return Pipeline(nodes, namespace=f"textssr.{name}", inputs=given, parameters={WHERE, ON})
