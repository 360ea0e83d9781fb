"""Tries that may go wrong in any way, each in a process of its own; and what became of them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from runs import say

CONTEXT = get_context("forkserver")  # a fork of a process that has everything imported takes milliseconds

PATIENCE = 5.0
"""Seconds that a process that has answered may take to end."""


@dataclass(frozen=True)
class Verdict:
    """How many damaged inputs were read, as if nothing were wrong with them, and how many refused.

    `listed`: of the refused, those whose file or record is in the message or among the rejections. `errors` are
    exceptions that nobody announced, and results that are wrong; `damaged` are artifacts from before that are not as
    they were.
    """

    read: int = 0
    refused: int = 0
    listed: int = 0
    crashes: int = 0
    hangs: int = 0
    errors: int = 0
    damaged: int = 0
    detail: str = ""

    def __add__(self, other: Verdict) -> Verdict:
        return Verdict(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(self)))

    @property
    def tries(self) -> int:
        """How many inputs there were."""
        return self.read + self.refused + self.crashes + self.hangs + self.errors

    def good(self) -> bool:
        """Whether nothing is wrong with it."""
        return self.listed == self.refused and not (self.crashes or self.hangs or self.errors or self.damaged)


def attempt(name: str, seconds: float, work: Callable[..., Verdict], *arguments: Any) -> Verdict:
    """What `work` makes of its arguments in a process of its own that may take `seconds`; a fault is said at once."""
    ours, theirs = CONTEXT.Pipe(duplex=False)
    process = CONTEXT.Process(target=_answer, args=(theirs, work, arguments))
    process.start()
    theirs.close()
    try:
        verdict: Verdict = ours.recv() if ours.poll(seconds) else Verdict(hangs=1, detail=f"after {seconds} s")
    except EOFError:
        process.join()
        verdict = Verdict(crashes=1, detail=f"ended with {process.exitcode}")
    process.join(0 if verdict.hangs else PATIENCE)
    process.kill()
    process.join()
    ours.close()
    return told(name, verdict)


def told(name: str, verdict: Verdict) -> Verdict:
    """The verdict, said aloud where something is wrong."""
    if not verdict.good():
        say(f"  {name}: {verdict}")
    return verdict


def refusal(error: object, *places: object) -> Verdict:
    """An input that was refused as a whole, by a message that names one of these places or does not."""
    return Verdict(refused=1, listed=int(any(str(place) in str(error) for place in places)), detail=str(error)[-500:])


def _answer(pipe: Connection, work: Callable[..., Verdict], arguments: tuple[Any, ...]) -> None:
    sys.stderr = Path(os.devnull).open("w")  # bars of progress
    try:
        pipe.send(work(*arguments))
    except Exception as error:  # noqa: BLE001 (whatever it is, it is what is looked for)
        pipe.send(Verdict(errors=1, detail=f"{type(error).__name__}: {error}"))
