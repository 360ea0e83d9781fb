"""Whatever goes wrong in a try is seen, and said."""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

TOOLS = Path(__file__).parents[2] / "tools"


@pytest.fixture
def trials(monkeypatch: pytest.MonkeyPatch) -> Any:
    """tools/trials.py as tools/faults.py imports it."""
    monkeypatch.syspath_prepend(str(TOOLS))
    return importlib.import_module("trials")


@pytest.mark.parametrize(
    ("work", "argument", "seconds", "column"),
    [(os._exit, 0, 60, "crashes"), (time.sleep, 60, 1, "hangs"), (int, "three", 60, "errors")],
)
def test_a_crash_a_hang_and_an_error_are_told_apart(
    trials: Any, work: Callable[[Any], Any], argument: object, seconds: int, column: str, capsys: Any
) -> None:
    verdict = trials.attempt("the try", seconds, work, argument)
    assert getattr(verdict, column) == verdict.tries == 1 and not verdict.good()
    assert "the try" in capsys.readouterr().out


def test_a_refusal_has_to_name_its_place(trials: Any) -> None:
    named, unnamed = trials.refusal("/a/b: cut", "/a/b"), trials.refusal("it is cut", "/a/b")
    assert named.good() and not unnamed.good() and not (named + unnamed).good()
    assert not trials.Verdict(read=1, damaged=1).good() and trials.Verdict(read=1).good()
