"""Who still lives, and what a process does before it goes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from str_pipelines.hooks.guard import Guard, alive, process_id

SCRIPT = """
import sys, time
from str_pipelines.hooks.guard import Guard
guard = Guard(lambda: print("ended", flush=True))
print("ready", flush=True)
if sys.argv[1] == "sleep":
    time.sleep(30)
sys.stdin.readline()
if sys.argv[1] == "remove":
    guard.remove()
"""


def start(how: str) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    process = subprocess.Popen([sys.executable, "-c", SCRIPT, how], stdin=pipe, stdout=pipe, text=True)
    assert process.stdout and process.stdout.readline() == "ready\n"
    return process


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, -signal.SIGINT)])
def test_ends_when_told_to_go(number: int, code: int, capfd: pytest.CaptureFixture[str]) -> None:
    process = start("sleep")
    process.send_signal(number)
    assert process.communicate(timeout=20)[0] == "ended\n"
    assert process.returncode == code


@pytest.mark.parametrize(("how", "said"), [("go", "ended\n"), ("remove", "")])
def test_ends_once_unless_removed(how: str, said: str) -> None:
    assert start(how).communicate(timeout=20)[0] == said


def test_leaves_other_handlers_alone() -> None:
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        guard = Guard(lambda: None)
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
        guard.remove()
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_dead_process_is_not_alive() -> None:
    process = start("sleep")
    identity = process_id(process.pid)
    assert alive(identity)
    process.kill()
    process.communicate()
    assert not alive(identity)


def test_another_process_under_the_same_number_is_not_it() -> None:
    number, *rest = process_id(os.getpid()).split(" ")
    assert alive(" ".join([number, *rest]))
    assert not alive(f"{number} 1 another-boot")
    assert not alive("")
