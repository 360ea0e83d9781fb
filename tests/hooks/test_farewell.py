"""The last lines of a run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from str_pipelines.hooks.farewell import number

Run = Callable[..., None]


def rows(text: str) -> dict[str, str]:
    return dict(line.split(maxsplit=1) for line in text.splitlines() if line.startswith("  "))


def test_says_where_outputs_lie_and_how_to_look(
    toy: Path, run: Run, store: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run("use", env="smoke")
    said = rows(capsys.readouterr().out)
    assert said["kept"] == "data/smoke/kept.txt"
    assert said["accuracy/all"] == "0.5"
    assert said["run"].startswith("use/smoke/")
    assert said["MLflow"] == f"mlflow ui --backend-store-uri {store}"
    assert said["lineage"] == "kedro viz run"


def test_figures_of_one_run_do_not_show_in_the_next(
    toy: Path, run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STR_TRACKING", "false")
    run("use")
    (toy / "data/raw.txt").write_text("e\n")
    capsys.readouterr()
    run("make")
    said = rows(capsys.readouterr().out)
    assert said == {"words": "data/words.txt", "lineage": "kedro viz run"}


def test_a_run_kept_in_a_file_says_how_to_hand_it_over(
    toy: Path, run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    run("use")
    said = rows(capsys.readouterr().out)["MLflow"]
    assert said.startswith("python -m str_pipelines.tracking replay mlflow_offline/")
    assert said.endswith(".jsonl --uri http://127.0.0.1:9")


@pytest.mark.parametrize(
    ("value", "expected"), [(24, "24"), (1234567.0, "1,234,567"), (0.93456, "0.9346"), (float("nan"), "nan")]
)
def test_counts_in_full_and_shares_in_four_digits(value: float, expected: str) -> None:
    assert number(value) == expected


def test_a_failed_run_says_nothing(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="a bad mood"):
        run("use", params={"use": {"step": {"mood": "bad"}}})
    assert capsys.readouterr().out == ""
