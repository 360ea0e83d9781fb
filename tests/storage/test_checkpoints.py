"""Checkpoints are found by folder or by shipped name, and told apart by their content."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest

from str_pipelines.storage.checkpoints import SHIPPED, Checkpoint


def made(folder: Path, config: object, weights: bytes | None = None) -> Path:
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(config))
    if weights is not None:
        (folder / "model.safetensors").write_bytes(weights)
    return folder


def test_every_shipped_checkpoint_is_found_by_its_name() -> None:
    names = sorted(folder.parent.name for folder in SHIPPED.glob("*/config.json"))
    assert {"paste", "render"} <= set(names)
    for name in names:
        assert {"kind", "name"} <= Checkpoint.at(name).config().keys()


def test_a_folder_of_yours_is_found_and_travels(tmp_path: Path) -> None:
    checkpoint = Checkpoint.at(made(tmp_path / "mine", {"kind": "painter", "name": "render"}))
    assert checkpoint.config() == {"kind": "painter", "name": "render"}
    assert pickle.loads(pickle.dumps(checkpoint)) == checkpoint  # noqa: S301


def test_the_digest_covers_configuration_and_weights(tmp_path: Path) -> None:
    folders = [
        made(tmp_path / "a", {"a": 1}),
        made(tmp_path / "b", {"a": 2}),
        made(tmp_path / "c", {"a": 1}, b"weights"),
        made(tmp_path / "d", {"a": 1}, b"others"),
    ]
    assert len({Checkpoint.at(folder).digest for folder in folders}) == 4
    assert Checkpoint.at(made(tmp_path / "e", {"a": 1})).digest == Checkpoint.at(folders[0]).digest


@pytest.mark.parametrize(("name", "hint"), [("rendr", "did you mean 'render'"), ("zzzzzz", "shipped are .*paste")])
def test_a_wrong_name_is_answered_with_right_ones(name: str, hint: str) -> None:
    with pytest.raises(FileNotFoundError, match=f"{name}: no folder with a config.json.*{hint}"):
        Checkpoint.at(name)


@pytest.mark.parametrize("text", ["", "{", "[]", '"render"', "\xff", "[" * 100_000])
def test_what_is_no_configuration_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(ValueError, match=r"config\.json: (not JSON|a JSON object is wanted)"):
        Checkpoint.at(tmp_path).config()
