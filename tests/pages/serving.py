"""Runs of this project in a folder of their own, and servers that show them for as long as a test looks."""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE = 300  # seconds that a server gets to start on a busy machine


@dataclass(frozen=True)
class Run:
    """What `kedro run` said of itself."""

    name: str
    id: str


@dataclass(frozen=True)
class Place:
    """A project folder with this project's code and settings, in which Kedro may leave what it likes."""

    project: Path

    @property
    def data(self) -> Path:
        """What runs there make."""
        return self.project / "data"

    def environment(self) -> dict[str, str]:
        """The environment of a command there."""
        ours = {"MLFLOW_TRACKING_URI", "STR_TRACKING"}
        kept = {name: value for name, value in os.environ.items() if name not in ours}
        return {**kept, "STR_DATA": self.data.name, "PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1"}

    def synthesize(self, *options: str) -> Run:
        """`kedro run --pipeline=synthesize` in seconds, and which run that was."""
        command = [sys.executable, "-m", "kedro", "run", "--pipeline=synthesize", "--env=smoke", *options]
        done = subprocess.run(command, cwd=self.project, env=self.environment(), capture_output=True, text=True)
        assert not done.returncode, done.stderr
        found = re.search(r"^ +run +(\S+) \((\w{32})\)$", done.stdout, re.MULTILINE)
        assert found, done.stdout
        return Run(*found.groups())

    @contextmanager
    def serving(self, *command: str, ready: str) -> Iterator[tuple[str, Path]]:
        """The address and the log of a server on a free port; it and its children are gone afterwards."""
        port, log = free_port(), self.data / f"{command[0]}.log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", *command, f"--port={port}"],
                cwd=self.project,
                env=self.environment(),
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a group of its own: kedro viz's server outlives the command that started it
            )
        try:
            address, end = f"http://127.0.0.1:{port}", time.monotonic() + PATIENCE
            while not answers(address + ready):
                assert process.poll() is None and time.monotonic() < end, log.read_text()
                time.sleep(0.2)
            yield address, log
        finally:
            stop(process)
        assert not answers(address + ready), f"a child of {command} is still there"


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(5)


def answers(url: str) -> bool:
    """Whether something is there."""
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except OSError:
        return False
    return True


def free_port() -> int:
    """A port that nobody listens on, below 49,152: kedro viz refuses those above."""
    for port in random.sample(range(20_000, 30_000), 20):
        with socket.socket() as listener, suppress(OSError):
            listener.bind(("127.0.0.1", port))
            return port
    raise OSError("none of 20 ports is free")
