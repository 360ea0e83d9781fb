"""Settings in layers, the later winning: conf/base, --env, conf/local (yours, ignored by git), --params."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from kedro.config import OmegaConfigLoader
from omegaconf import OmegaConf

WITHOUT_LOCAL = frozenset({"base", "smoke"})
"""Environments that mean the same on every machine: the tests run in `smoke`."""


class ConfigLoader(OmegaConfigLoader):  # type: ignore[misc]
    """Kedro knows two layers, and `--env=paper` alone would hide conf/local; here it lies above every environment.

    A catalog entry may take a block of parameters: `${parameters:ingest.scenes.read.source}`.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        OmegaConf.register_new_resolver("parameters", self._parameters, replace=True)

    def __getitem__(self, key: str) -> dict[str, Any]:
        config: dict[str, Any] = super().__getitem__(key)
        local = Path(self.conf_source, "local")
        read_by_kedro = self.env in (None, "local")
        if key in self or read_by_kedro or self.env in WITHOUT_LOCAL or not local.is_dir():
            return config
        mine = self.load_and_merge_dir_config(str(local), self.config_patterns[key], key, set(), key == "credentials")
        merged: dict[str, Any] = self._merge_configs(config, mine, key, str(local))
        return merged

    def _parameters(self, name: str) -> Any:
        found = OmegaConf.select(OmegaConf.create(self["parameters"]), name)
        if found is None:
            raise KeyError(f"conf/*/catalog*.yml asks for the parameters {name}; no conf/*/parameters*.yml has them")
        return found


def env(name: str, default: str | None = None) -> str | None:
    """The resolver `${env:STR_DATA,data}`: an environment variable, or what follows the comma."""
    return os.environ.get(name, default)
