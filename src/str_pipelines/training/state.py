"""The state of a training run on disk: tensors as safetensors, the rest as JSON, both in a folder that is renamed.

Nothing else is needed to go on bit for bit: samples, rates and random numbers are functions of the step.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from str_pipelines.storage.folders import commit, part_of, recover

TENSORS, FACTS = "state.safetensors", "state.json"


def save_state(
    folder: Path,
    states: Mapping[str, Mapping[str, Any]],
    facts: Mapping[str, Any],
    files: Mapping[str, bytes] = MappingProxyType({}),
) -> None:
    """Put `states` (name → state_dict of a network or an optimizer), `facts` and `files` in the place of what was."""
    tensors: dict[str, Tensor] = {}
    plain = {name: _take(state, name, tensors) for name, state in states.items()}
    part = part_of(folder)
    save_file({key: value.detach().contiguous().cpu() for key, value in tensors.items()}, part / TENSORS)
    (part / FACTS).write_text(json.dumps({"facts": facts, "states": plain}), encoding="utf-8")
    for name, data in files.items():
        (part / name).write_bytes(data)
    commit(part, folder)


def load_state(folder: Path) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """(states, facts) as they were saved, tensors on the CPU; None where nothing was.

    Raises:
        ValueError: what lies there is damaged; the text says what to do.
    """
    recover(folder)
    if not (folder / FACTS).is_file():
        return None
    try:
        said = json.loads((folder / FACTS).read_bytes())
        with safe_open(folder / TENSORS, "pt") as file:
            tensors = {key: file.get_tensor(key) for key in file.keys()}
        return {name: _put(plain, tensors) for name, plain in said["states"].items()}, said["facts"]
    except (OSError, ValueError, KeyError) as error:
        raise ValueError(f"{folder}: not the state of a run ({error}); remove it to begin anew") from error


def _take(value: Any, key: str, tensors: dict[str, Tensor]) -> Any:
    """JSON for what a state_dict holds; tensors go to `tensors`, their place taken by their key."""
    if isinstance(value, Tensor):
        tensors[key] = value
        return {"tensor": key}
    if isinstance(value, Mapping):
        return {"items": [[name, _take(below, f"{key}.{name}", tensors)] for name, below in value.items()]}
    if isinstance(value, list | tuple):
        return {"list": [_take(below, f"{key}.{place}", tensors) for place, below in enumerate(value)]}
    return {"is": value}


def _put(plain: Any, tensors: Mapping[str, Tensor]) -> Any:
    [(kind, value)] = plain.items()
    if kind == "tensor":
        return tensors[value]
    if kind == "items":
        return {name: _put(below, tensors) for name, below in value}
    return [_put(below, tensors) for below in value] if kind == "list" else value


def read_weights(path: Path) -> dict[str, Tensor]:
    """The weights of a checkpoint, floating point in 32 bits.

    Raises:
        FileNotFoundError, ValueError: they are not there, or damaged; the text says what to do.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path}: the weights are not there; copy the folder again, or train it again")
    try:
        return {name: value.float() if value.is_floating_point() else value for name, value in load_file(path).items()}
    except Exception as error:
        raise ValueError(f"{path}: not a file of weights ({error}); copy it again, or train it again") from error


def load_weights(network: nn.Module, path: Path, part: str = "") -> None:
    """Fill a network from a file of weights, or from those of them whose names begin with `part` and a dot.

    Raises:
        FileNotFoundError, ValueError: as `read_weights`; they are for another network: what is missing, what too much.
    """
    weights = read_weights(path)
    own = {name.partition(".")[2]: value for name, value in weights.items() if name.startswith(f"{part}.")}
    missing, unexpected = network.load_state_dict(own if part else weights, strict=False)
    if missing or unexpected:
        what = f"{part} in {path}" if part else path
        raise ValueError(f"{what} is for another network: missing {missing[:5]}, unexpected {unexpected[:5]}")


def to_float16(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Weights as they are shipped: floating point in 16 bits, whole numbers as they are."""
    return {
        name: (value.half() if value.is_floating_point() else value).detach().contiguous().cpu()
        for name, value in state.items()
    }
