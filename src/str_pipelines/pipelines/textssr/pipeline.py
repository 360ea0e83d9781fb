"""textssr: rendered and real scenes in, a painter out, in three stages, each a namespace with a checkpoint of its own.

scenes → cut_windows → vae, step2
rendered_scenes → vae, step1
vae → step1 → step2 (rendered_scenes too, a part)
"""

from collections.abc import Callable

from kedro.pipeline import Node, Pipeline

from .nodes import cut_windows, describe, train_step1, train_step2, train_vae

WHERE, ON = "params:execution", "params:hardware"
SETTINGS = ["params:train", ON, WHERE]
SHARED = {"rendered_scenes": "rendered_scenes", "windows": "textssr.windows"}


def create_pipeline(**_: object) -> Pipeline:
    """A stage alone is `--namespaces=textssr.vae`, its parameters are `textssr.vae.*`."""
    cut = Node(cut_windows, ["scenes", "params:cut", WHERE], "windows", name="cut_windows")
    return (
        Pipeline([cut], namespace="textssr", inputs={"scenes"}, parameters={WHERE})
        + _stage("vae", train_vae, "rendered_scenes", "windows")
        + _stage("step1", train_step1, "rendered_scenes", vae="textssr.vae.checkpoint")
        + _stage("step2", train_step2, "windows", "rendered_scenes", step1="textssr.step1.checkpoint")
    )


def _stage(name: str, train: Callable[..., object], *scenes: str, **start: str) -> Pipeline:
    """`start` is the stage before, by the name of the argument that takes its checkpoint."""
    nodes = [
        Node(train, [*scenes, *start, *SETTINGS], "checkpoint", name="train", tags="gpu"),
        Node(describe, "checkpoint", "card", name="describe"),
    ]
    given = {each: SHARED[each] for each in scenes} | start
    card = {"card": f"textssr_{name}_card"}
    return Pipeline(nodes, namespace=f"textssr.{name}", inputs=given, outputs=card, parameters={WHERE, ON})
