"""A run that is ended from outside: caught here while there is time, recognised later where there was none."""

from __future__ import annotations

import atexit
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType


class Guard:
    """Calls `end` when the process ends before `remove` was called: by Ctrl-C, SIGTERM or any other way out of Python.

    SIGTERM, which would end Python on the spot, becomes SystemExit here; a handler that somebody else has set stays.
    """

    def __init__(self, end: Callable[[], None]) -> None:
        self.end, self.process = end, os.getpid()
        atexit.register(self._fire)
        main = threading.current_thread() is threading.main_thread()
        self.listens = main and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
        if self.listens:
            signal.signal(signal.SIGTERM, _leave)

    def remove(self) -> None:
        """The run is over: leave everything as it was."""
        atexit.unregister(self._fire)
        if self.listens:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)

    def _fire(self) -> None:
        if os.getpid() == self.process:  # a forked child has inherited this, but not the run
            self.end()


def process_id(pid: int) -> str:
    """A process told apart from a later one with the same number: number, start in ticks, boot. Empty if it is gone."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        pass
    stat, boot = Path(f"/proc/{pid}/stat"), Path("/proc/sys/kernel/random/boot_id")
    if not stat.exists():  # not Linux: the number alone
        return str(pid)
    ticks = stat.read_text().rpartition(")")[2].split()[19]
    return f"{pid} {ticks} {boot.read_text().strip()}"


def alive(identity: str) -> bool:
    """Whether the process that once had this `process_id` still runs."""
    number = identity.split(" ")[0]
    return number.isdigit() and process_id(int(number)) == identity


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
