"""What is said before the first node runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from str_pipelines.hooks.preflight import runtime_names, unread

Run = Callable[..., None]


@pytest.fixture(autouse=True)
def untracked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STR_TRACKING", "false")


def test_missing_input_comes_with_the_command_that_makes_it(toy: Path, run: Run) -> None:
    (toy / "data/words.txt").unlink()
    with pytest.raises(FileNotFoundError) as error:
        run("use")
    assert "  words: kedro run --pipeline=make --namespaces=make" in str(error.value).splitlines()


def test_the_command_names_the_environment(toy: Path, run: Run) -> None:
    (toy / "data/smoke/words.txt").unlink()
    with pytest.raises(FileNotFoundError, match=r"words: kedro run --pipeline=make --namespaces=make --env=smoke"):
        run("use", env="smoke")


def test_missing_raw_input_comes_with_its_place(toy: Path, run: Run) -> None:
    with pytest.raises(FileNotFoundError, match=r"raw: belongs at .*data/raw\.txt; data/README\.md"):
        run("both")


def test_input_without_catalog_entry(toy: Path, run: Run) -> None:
    catalog = toy / "conf/base/catalog.yml"
    catalog.write_text(catalog.read_text().replace("raw:", "rwa:"))
    with pytest.raises(FileNotFoundError, match="raw: no catalog entry has this name"):
        run("make")


def test_a_chosen_input_says_itself_what_is_wrong(toy: Path, run: Run) -> None:
    catalog = toy / "conf/base/catalog.yml"
    painter = "raw: {type: str_pipelines.datasets.checkpoints.CheckpointDataset, checkpoint: rendr}"
    catalog.write_text("\n".join([painter, *catalog.read_text().splitlines()[1:]]))
    with pytest.raises(FileNotFoundError, match=r"raw: rendr: .*did you mean 'render'"):
        run("make")


def test_unknown_blocks_are_refused_with_the_nearest_name(run: Run) -> None:
    with pytest.raises(ValueError, match="nothing reads") as error:
        run("use", params={"use": {"stpe": {"factor": 1}}, "wrds": "x"})
    assert str(error.value).splitlines()[1:] == [
        "  use.stpe.factor (did you mean use.step.factor?)",
        "  wrds (did you mean words?)",
    ]


def test_unknown_block_in_a_file_is_refused(toy: Path, run: Run) -> None:
    (toy / "conf/local/parameters.yml").write_text("sue: {step: {factor: 1}}\n")
    with pytest.raises(ValueError, match=r"sue\.step\.factor"):
        run("use")


def test_unknown_field_of_a_typed_block_is_refused(run: Run) -> None:
    with pytest.raises(Exception, match="fcator"):
        run("use", params={"use": {"step": {"fcator": 1}}})


def test_names_that_the_catalog_takes_are_known(toy: Path, run: Run) -> None:
    (toy / "data/others.txt").write_text("d\n")
    run("use", params={"words": "others"})
    assert (toy / "data/kept.txt").read_text() == "d\n"


def test_runtime_names_are_found_in_every_layer(tmp_path: Path) -> None:
    for layer in ("base", "trial"):
        (tmp_path / layer / "deep").mkdir(parents=True)
    (tmp_path / "base/catalog.yml").write_text("a: ${runtime_params:painter,render}\nb: ${ runtime_params: one.two }\n")
    (tmp_path / "base/deep/catalog.yml").write_text("c: ${runtime_params:masker}")
    (tmp_path / "trial/parameters.yaml").write_text("d: ${runtime_params:box}")
    assert runtime_names(tmp_path) == {"base": {"painter", "one.two", "masker"}, "trial": {"box"}}


def test_a_name_of_another_environment_is_refused_with_that_environment(toy: Path, run: Run) -> None:
    """Else the run would go on without it."""
    parameters = toy / "conf/paper/parameters.yml"
    parameters.write_text(parameters.read_text() + "_times: ${runtime_params:times,1}\n")
    with pytest.raises(ValueError, match=r"times \(is read with --env=paper\)"):
        run("use", params={"times": 3})
    run("use", env="paper", params={"times": 3})


@pytest.mark.parametrize("tree", [{"a": {"b": 1}}, {"a": {"b": {"c": {}}}}, {"a": None}, {"_anchor": 1}, {}])
def test_what_lies_in_or_around_a_known_name_is_read(tree: dict[str, object]) -> None:
    assert unread(tree, {"a.b"}, {}) == []


@pytest.mark.parametrize("tree", [{"a": {"bc": 1}}, {"ab": 1}, {"b": {"a": 1}}])
def test_what_only_begins_alike_is_not(tree: dict[str, object]) -> None:
    assert len(unread(tree, {"a.b"}, {})) == 1
