"""ccd: words without their labels in, an encoder out; with labels, a reader: each stage a namespace and a checkpoint.

words, rendered_words → pretrain
rendered_words, pretrain → finetune_std
words, pretrain → finetune_ard
masked_words, true_masks, pretrain → segment
pairs, pretrain → restore
words, pretrain → look
"""

from collections.abc import Callable

from kedro.pipeline import Node, Pipeline

from .nodes import (
    describe,
    describe_masker,
    describe_restorer,
    finetune_ard,
    finetune_std,
    look,
    pretrain,
    restore,
    segment,
)

WHERE, ON = "params:execution", "params:hardware"
SETTINGS = ["params:train", ON, WHERE]
ENCODER = {"encoder": "ccd.pretrain.checkpoint"}


def create_pipeline(**_: object) -> Pipeline:
    """A stage alone is `--namespaces=ccd.finetune_ard`, its parameters are `ccd.finetune_ard.*`."""
    return (
        _stage("pretrain", pretrain, "words", "rendered_words")
        + _stage("finetune_std", finetune_std, "rendered_words", **ENCODER)
        + _stage("finetune_ard", finetune_ard, "words", **ENCODER)
        + _tested("segment", segment, describe_masker, "masked_words", "true_masks")
        + _tested("restore", restore, describe_restorer, "pairs")
        + _look()
    )


def _stage(name: str, train: Callable[..., object], *words: str, **start: str) -> Pipeline:
    """`start` is the stage before, by the name of the argument that takes its checkpoint."""
    nodes = [
        Node(train, [*words, *start, *SETTINGS], "checkpoint", name="train", tags="gpu"),
        Node(describe, "checkpoint", "card", name="describe"),
    ]
    given = {each: each for each in words} | start
    card = {"card": f"ccd_{name}_card"}
    return Pipeline(nodes, namespace=f"ccd.{name}", inputs=given, outputs=card, parameters={WHERE, ON})


def _look() -> Pipeline:
    """Sheets of what the encoder makes of words, whichever they are."""
    node = Node(look, ["words", "encoder", "params:show", ON], "sheets", name="look", tags="gpu")
    given = {"words": "words"} | ENCODER
    return Pipeline([node], namespace="ccd.look", inputs=given, outputs={"sheets": "ccd_look"}, parameters={ON})


def _tested(name: str, train: Callable[..., object], test: Callable[..., object], *sets: str) -> Pipeline:
    """A downstream stage: parts of the sets chose nothing, and its card says how it does on them."""
    nodes = [
        Node(train, [*sets, "encoder", *SETTINGS], "checkpoint", name="train", tags="gpu"),
        Node(test, ["checkpoint", *sets, "params:train", ON], "card", name="describe", tags="gpu"),
    ]
    given = {each: each for each in sets} | ENCODER
    card = {"card": f"ccd_{name}_card"}
    return Pipeline(nodes, namespace=f"ccd.{name}", inputs=given, outputs=card, parameters={WHERE, ON})
