"""A small Kedro project with this project's settings, and one MLflow store a session: its first use takes 4 s."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

ROOT = Path(__file__).parent.parent
TOY = Path(__file__).parent / "toy"
os.environ.update(DO_NOT_TRACK="true", MLFLOW_DISABLE_TELEMETRY="true")
os.environ["OMP_NUM_THREADS"] = "1"  # two processes test on two cores: more threads would wait for each other
os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="str_pipelines_cache_")  # what tests adopt is nobody else's
# a busy machine is no failure, and CI tries the same examples every time
settings.register_profile("project", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("project")


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URI of a SQLite store that the tests of a session share."""
    return f"sqlite:///{tmp_path_factory.mktemp('store') / 'mlflow.db'}"


@pytest.fixture
def toy(tmp_path: Path, store: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of tests/toy, bootstrapped, with three words as its data; afterwards this project is again."""
    from kedro.framework.startup import bootstrap_project

    project = tmp_path / "toy"
    shutil.copytree(TOY, project)
    for file in ("base/globals.yml", "base/mlflow.yml", "smoke/globals.yml", "smoke/mlflow.yml", "logging.yml"):
        shutil.copy(ROOT / "conf" / file, project / "conf" / file)
    (project / "conf/local").mkdir()
    for data in (project / "data", project / "data/smoke"):
        data.mkdir()
        (data / "words.txt").write_text("a\nb\nc\n")
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))  # for the processes that a test starts
    monkeypatch.setenv("MLFLOW_TRACKING_URI", store)
    monkeypatch.delenv("STR_DATA", raising=False)
    monkeypatch.chdir(project)
    bootstrap_project(project)
    yield project
    bootstrap_project(ROOT)


@pytest.fixture
def run(toy: Path) -> Callable[..., None]:
    """Run a pipeline of the toy project in this process."""
    from kedro.framework.session import KedroSession

    def run(pipeline: str | None = "use", *, env: str | None = None, params: dict[str, Any] | None = None) -> None:
        with KedroSession.create(toy, save_on_close=False, env=env, runtime_params=params) as session:
            session.run(pipeline_names=[pipeline] if pipeline else None)

    return run
