"""A home and a project that nobody may write to, and names with blanks and umlauts, make no difference."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from str_pipelines.storage.scenes import SceneLmdb
from tests.faults.conftest import Resize

ROOT = Path(__file__).parents[2]
CACHES = ("MPLCONFIGDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")


def test_only_the_folder_of_data_is_written_to(disk: Path, remount: Resize, tmp_path: Path) -> None:
    remount("size=200m")
    project, data = disk / "my project ä", tmp_path / "my data ö"
    project.mkdir()
    for name in ("conf", "src", "pyproject.toml"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, project / name)
    remount("ro")
    environment = {name: value for name, value in os.environ.items() if name not in CACHES}
    environment |= {"HOME": str(disk), "STR_DATA": str(data), "PYTHONPATH": str(project / "src")}
    command = [sys.executable, "-m", "kedro", "run", "--env=smoke", "--pipeline=ingest", "--namespaces=ingest.scenes"]
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert len(SceneLmdb.at(data / "03_primary/scenes")) == 2
    assert not (data / "mlflow_offline").exists() and (data / "mlflow.db").is_file()
