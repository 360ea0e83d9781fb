"""Checkpoint folders: `config.json` says what it is, `model.safetensors` holds the weights where there are any."""

from __future__ import annotations

import json
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from str_pipelines.storage.digests import digest_of, file_sha256

SHIPPED = Path(__file__).parent.parent / "weights"


@dataclass(frozen=True)
class Checkpoint:
    """A painter, reader, restorer or masker on disk, and the digest of its configuration and weights."""

    path: Path
    digest: str

    @classmethod
    def at(cls, path: Path | str) -> Checkpoint:
        """The checkpoint in this folder, or the shipped one of this name.

        Raises:
            FileNotFoundError: neither; the nearest shipped name is suggested.
        """
        folder = _find(path)
        files = [file for file in (folder / "config.json", folder / "model.safetensors") if file.is_file()]
        return cls(folder, digest_of(file_sha256(file).encode() for file in files))

    def config(self) -> dict[str, Any]:
        """What config.json says.

        Raises:
            ValueError: it is no JSON object.
        """
        path = self.path / "config.json"
        try:
            config = json.loads(path.read_bytes())
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{path}: not JSON ({error})") from error
        if not isinstance(config, dict):
            raise ValueError(f"{path}: a JSON object is wanted, with `kind` and `name`")
        return config


def _find(path: Path | str) -> Path:
    for folder in (Path(path), SHIPPED / str(path)):
        if (folder / "config.json").is_file():
            return folder
    shipped = sorted(folder.parent.name for folder in SHIPPED.glob("*/config.json"))
    near = get_close_matches(str(path), shipped, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"shipped are {', '.join(shipped)}"
    raise FileNotFoundError(f"{path}: no folder with a config.json, and no checkpoint of this name comes along; {hint}")
