"""The recognizers that train here: their networks by name, and how one becomes a checkpoint and comes back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any, Protocol, cast

from safetensors.torch import save_file
from torch import Tensor, nn

from str_pipelines.recognizers.ctc import CtcNetwork, CtcOptions
from str_pipelines.recognizers.nrtr import NrtrNetwork, NrtrOptions
from str_pipelines.recognizers.shape import Shape
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.text.charsets import Charset
from str_pipelines.text.nearest import nearest
from str_pipelines.training.state import load_weights as load_weights
from str_pipelines.training.state import read_weights, to_float16

NETWORKS: dict[str, tuple[type[Any], type[nn.Module]]] = {
    "ctc": (CtcOptions, CtcNetwork),
    "nrtr": (NrtrOptions, NrtrNetwork),
}
"""Name → what it is made of (a dataclass with `characters`) and the network."""


USUAL = Shape()
OPTIONS = ("characters", "network", "shape")
"""What config.json says of a reader that was trained here."""


class Network(Protocol):
    """What all of them can do, besides being an `nn.Module`."""

    charset: Charset
    by_class: Sequence[str]
    """Names of the weights that have a row a class."""

    @staticmethod
    def classes(characters: str) -> list[str]:
        """The characters and the special tokens, by name, in the order of those rows."""
        ...

    def features(self, images: Tensor) -> Tensor:
        """Pictures (B, 3, H, W) in 0…1 → what it sees along the line, (B, S, width)."""
        ...

    def read(self, images: Tensor) -> list[tuple[str, float]]:
        """Pictures (B, 3, H, W) in 0…1 → B of (text, confidence in 0…1)."""
        ...


def build(name: str, options: Mapping[str, Any], characters: str) -> nn.Module:
    """A fresh network.

    Raises:
        ValueError: there is no such network, or it has no such option.
    """
    if name not in NETWORKS:
        raise ValueError(f"there is no network {name!r}; did you mean {nearest(name, NETWORKS)!r}?")
    kind, network = NETWORKS[name]
    known = [field.name for field in fields(kind) if field.name != "characters"]
    for option in options:
        if option not in known:
            raise ValueError(f"network {name} has no {option!r}; did you mean {nearest(option, known)!r}?")
    return network(kind(characters, **{key: _tuple(value) for key, value in options.items()}))


def write_checkpoint(
    folder: Path, name: str, options: Mapping[str, Any], characters: str, shape: Shape, weights: Mapping[str, Tensor]
) -> None:
    """`config.json` and `model.safetensors`, weights in 16 bits, into a folder that is there."""
    config = {
        "kind": "reader",
        "name": name,
        "options": {"characters": characters, "network": dict(options), "shape": asdict(shape)},
    }
    (folder / "config.json").write_text(json.dumps(config, indent=1, ensure_ascii=False), encoding="utf-8")
    save_file(to_float16(weights), folder / "model.safetensors")


def load_network(checkpoint: Checkpoint) -> tuple[nn.Module, Shape]:
    """The network of a checkpoint with its weights, in 32 bits, and the shape of its pictures.

    Raises:
        ValueError: it is no reader that is trained here, or its files do not go together; the text says which part.
    """
    config = checkpoint.config()
    if config.get("name") not in NETWORKS:
        raise ValueError(f"{checkpoint.path}: {config.get('name')!r} is none of the networks that are trained here")
    options = config["options"]
    network = build(config["name"], options.get("network", {}), options["characters"])
    load_weights(network, checkpoint.path / "model.safetensors")
    return network, shape_of(checkpoint)


def shape_of(checkpoint: Checkpoint, usual: Shape = USUAL) -> Shape:
    """The shape in which a reader sees pictures; what its config.json does not say, as those of before, is usual.

    Raises:
        ValueError: it says what no shape has, or a shape that is none.
    """
    said = checkpoint.config()["options"].get("shape", {})
    try:
        return replace(usual, **{name: _tuple(value) for name, value in said.items()})
    except (TypeError, ValueError) as error:
        raise ValueError(f"{checkpoint.path / 'config.json'}: {error}") from error


def start_from(built: nn.Module, checkpoint: Checkpoint) -> list[str]:
    """Take over the weights of a checkpoint that have the same name and size, and what it knows of each character.

    So a reader of one alphabet is a start for another: what belongs to a class is moved to where the class now is.

    Returns:
        What stays fresh: names of weights, and the characters that the checkpoint does not know.
    """
    network = cast(Network, built)
    theirs, ours = read_weights(checkpoint.path / "model.safetensors"), built.state_dict()
    known = network.classes(checkpoint.config()["options"]["characters"])
    wanted = network.classes(network.charset.characters)
    for key in network.by_class:
        if key in theirs and theirs[key].shape[1:] == ours[key].shape[1:]:
            theirs[key] = _moved(theirs[key], known, ours[key], wanted)
    taken = {key: value for key, value in theirs.items() if key in ours and ours[key].shape == value.shape}
    built.load_state_dict(taken, strict=False)
    return [*sorted(ours.keys() - taken.keys()), *(each for each in wanted if each not in known)]


def _moved(theirs: Tensor, known: Sequence[str], ours: Tensor, wanted: Sequence[str]) -> Tensor:
    """Ours, with their row for every class that both have."""
    places = {name: row for row, name in enumerate(known[: len(theirs)])}
    rows = [(row, places[name]) for row, name in enumerate(wanted[: len(ours)]) if name in places]
    filled = ours.clone()
    filled[[row for row, _ in rows]] = theirs[[row for _, row in rows]]
    return filled


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
