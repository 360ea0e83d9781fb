"""Parameters and datasets of a run as plain values: names, leaves, paths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kedro.io import DataCatalog
from kedro.pipeline import Pipeline
from pydantic import BaseModel


def is_parameter(name: str) -> bool:
    """Whether a node's input is a parameter rather than a dataset."""
    return name == "parameters" or name.startswith("params:")


def free_inputs(pipeline: Pipeline) -> list[str]:
    """The datasets that a pipeline reads and does not make, sorted."""
    return sorted(name for name in pipeline.inputs() if not is_parameter(name))


def parameters_of(pipeline: Pipeline, catalog: DataCatalog, runtime: Mapping[str, Any]) -> dict[str, Any]:
    """What the nodes of a pipeline are given, defaults included, and what came with `--params`; by dotted name."""
    given = {name.removeprefix("params:") for name in pipeline.inputs() if is_parameter(name)}
    wanted = given | {name for name, _ in leaves(runtime)}
    everything = leaves(plain(catalog.load("parameters")))
    return {leaf: value for leaf, value in everything if any(_within(leaf, name) for name in wanted)}


def chosen(pipeline: Pipeline, catalog: DataCatalog) -> dict[str, str]:
    """The checkpoints that a pipeline reads and does not make, by their catalog entries: `painter` → `render`."""
    described = {name: catalog.get(name)._describe() for name in free_inputs(pipeline)}
    return {name: facts["checkpoint"] for name, facts in described.items() if "checkpoint" in facts}


def plain(value: Any) -> Any:
    """Typed blocks of parameters as the dictionaries that they were made from; everything else as it is."""
    if isinstance(value, Mapping):
        return {key: plain(below) for key, below in value.items()}
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else value


def leaves(tree: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted names and values of everything in nested mappings that is not itself a mapping with something in it."""
    for key, value in tree.items():
        if isinstance(value, Mapping) and value:
            yield from leaves(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value


def nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    """Dotted names as the tree that `leaves` came from.

    >>> nested({"a.b": 1, "a.c": 2})
    {'a': {'b': 1, 'c': 2}}
    """
    tree: dict[str, Any] = {}
    for name, value in flat.items():
        *above, last = name.split(".")
        branch = tree
        for part in above:
            branch = branch.setdefault(part, {})
        branch[last] = value
    return tree


def place_of(catalog: DataCatalog, name: str) -> str:
    """The path of a catalog entry; empty where it has none, as what is only in memory."""
    dataset = catalog.get(name)
    return str(getattr(dataset, "_filepath", None) or getattr(dataset, "_path", None) or "")


def _within(leaf: str, name: str) -> bool:
    return name == "parameters" or f"{leaf}.".startswith(f"{name}.")
