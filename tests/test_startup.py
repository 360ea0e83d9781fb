"""What a `kedro` command imports before it does anything, and what it says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
HEAVY = {"torch", "diffusers", "accelerate", "mlflow", "pandas", "matplotlib", "cv2", "onnxruntime", "skimage", "scipy"}
SCRIPT = """
import sys
from pathlib import Path
from kedro.framework.project import pipelines, settings, validate_settings
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project

bootstrap_project(Path.cwd())
validate_settings()
session = KedroSession.create(save_on_close=False, env="smoke")
session.load_context()
print(len(settings.HOOKS), sum(len(pipeline.nodes) for pipeline in dict(pipelines).values()))
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def said(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder; what goes wrong there is shown here."""
    done = subprocess.run(
        [sys.executable, *words], cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done


def test_nothing_heavy_is_imported_before_a_run() -> None:
    counts, modules = said(ROOT, "-c", SCRIPT).stdout.splitlines()
    assert min(map(int, counts.split())) >= 3
    assert not HEAVY & set(modules.split())


def test_a_run_prints_no_warning_and_says_where_things_lie(toy: Path) -> None:
    done = said(toy, "-m", "kedro", "run", "--pipeline=use", STR_TRACKING="false")
    assert "arning" not in done.stderr
    assert "kept  data/kept.txt" in done.stdout
    assert "accuracy/all" in done.stdout
    assert done.stdout.splitlines()[-1].split() == ["lineage", "kedro", "viz", "run"]


def test_runs_from_a_config_file(toy: Path) -> None:
    (toy / ".kedro.yml").write_text("project_name: toy\nrun: {pipelines: use}\n")
    done = said(toy, "-m", "kedro", "run", "--config", ".kedro.yml", STR_TRACKING="false")
    assert "kept  data/kept.txt" in done.stdout


def test_runs_as_a_module() -> None:
    assert "--namespaces" in said(ROOT, "-m", "str_pipelines", "--help").stdout
