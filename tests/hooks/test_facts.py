"""Names, commands and commits."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from str_pipelines.hooks.facts import command, commit
from str_pipelines.hooks.parameters import leaves, nested


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (["/v/bin/kedro", "run", "--pipeline=synthesize"], "kedro run --pipeline=synthesize"),
        (["/v/bin/kedro", "run", "--params=a.b=two words"], "kedro run '--params=a.b=two words'"),
        (["python -m kedro", "run"], "python -m kedro run"),
        (["/src/str_pipelines/__main__.py", "--env=smoke"], "python -m str_pipelines --env=smoke"),
    ],
)
def test_command_can_be_typed_again(argv: list[str], expected: str) -> None:
    assert command(argv) == expected


def test_commit_says_whether_files_differ(tmp_path: Path) -> None:
    assert commit(tmp_path) == {}
    identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
    for words in (["init", "-q"], [*identity, "commit", "-q", "--allow-empty", "-m", "first"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    clean = commit(tmp_path)
    assert len(clean["mlflow.source.git.commit"]) == 40
    assert clean["git.dirty"] == "false"
    (tmp_path / "new").touch()
    assert commit(tmp_path) == {**clean, "git.dirty": "true"}


def test_leaves_and_nested_undo_each_other() -> None:
    tree = {"a": {"b": 1, "c": {"d": [2], "e": {}}}, "f": None}
    assert nested(dict(leaves(tree))) == tree
