"""The layers of the settings, on the toy project: base says 2, paper 3, smoke 4."""

from __future__ import annotations

from pathlib import Path

import pytest
from kedro.config import MissingConfigException

from str_pipelines.config_loader import ConfigLoader
from str_pipelines.settings import CONFIG_LOADER_ARGS


def factor(toy: Path, env: str | None, **params: object) -> int:
    loader = ConfigLoader(str(toy / "conf"), env, params, **CONFIG_LOADER_ARGS)
    return int(loader["parameters"]["use"]["step"]["factor"])


@pytest.fixture
def mine(toy: Path) -> Path:
    (toy / "conf/local/parameters.yml").write_text("use: {step: {factor: 5}}\n")
    return toy


@pytest.mark.parametrize(("env", "expected"), [(None, 2), ("local", 2), ("paper", 3), ("smoke", 4)])
def test_environment_lies_above_base(toy: Path, env: str | None, expected: int) -> None:
    assert factor(toy, env) == expected


@pytest.mark.parametrize(("env", "expected"), [(None, 5), ("local", 5), ("paper", 5), ("smoke", 4), ("base", 2)])
def test_local_lies_above_every_environment_but_smoke(mine: Path, env: str | None, expected: int) -> None:
    assert factor(mine, env) == expected


@pytest.mark.parametrize("env", [None, "paper", "smoke"])
def test_command_line_lies_above_all(mine: Path, env: str | None) -> None:
    assert factor(mine, env, use={"step": {"factor": 6}}) == 6


def test_layers_merge_key_by_key(toy: Path) -> None:
    (toy / "conf/local/parameters.yml").write_text("use: {step: {text: mine}}\n")
    loader = ConfigLoader(str(toy / "conf"), "paper", **CONFIG_LOADER_ARGS)
    assert loader["parameters"]["use"]["step"] == {"factor": 3, "text": "mine"}


def test_what_was_set_by_hand_stays(mine: Path) -> None:
    loader = ConfigLoader(str(mine / "conf"), "paper", **CONFIG_LOADER_ARGS)
    loader["parameters"] = {"use": {"step": {"factor": 9}}}
    assert loader["parameters"]["use"]["step"]["factor"] == 9


def test_unknown_environment_is_refused(toy: Path) -> None:
    with pytest.raises(MissingConfigException, match="nowhere"):
        factor(toy, "nowhere")


@pytest.mark.parametrize(("env", "params", "expected"), [(None, {}, 5), ("smoke", {}, 4), (None, {"factor": 6}, 6)])
def test_a_catalog_entry_takes_parameters_as_the_nodes_get_them(
    mine: Path, env: str | None, params: dict[str, object], expected: int
) -> None:
    (mine / "conf/base/catalog_more.yml").write_text("more: {type: x, step: '${parameters:use.step}'}\n")
    loader = ConfigLoader(str(mine / "conf"), env, {"use": {"step": params}}, **CONFIG_LOADER_ARGS)
    assert loader["catalog"]["more"]["step"]["factor"] == expected


def test_a_catalog_entry_that_asks_for_what_nobody_has_is_refused(toy: Path) -> None:
    (toy / "conf/base/catalog_more.yml").write_text("more: {type: x, step: '${parameters:use.stpe}'}\n")
    with pytest.raises(Exception, match=r"asks for the parameters use\.stpe; no conf"):
        ConfigLoader(str(toy / "conf"), None, **CONFIG_LOADER_ARGS)["catalog"]


@pytest.mark.parametrize(("env", "expected"), [(None, "data/words.txt"), ("smoke", "data/smoke/words.txt")])
def test_data_root_follows_the_environment(toy: Path, env: str | None, expected: str) -> None:
    loader = ConfigLoader(str(toy / "conf"), env, **CONFIG_LOADER_ARGS)
    assert loader["catalog"]["words"]["filepath"] == expected


@pytest.mark.parametrize("env", [None, "smoke"])
def test_data_root_from_the_variable(toy: Path, env: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STR_DATA", "/elsewhere")
    loader = ConfigLoader(str(toy / "conf"), env, **CONFIG_LOADER_ARGS)
    assert loader["catalog"]["words"]["filepath"] == "/elsewhere/words.txt"
