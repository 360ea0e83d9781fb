"""A run on a disk that is too small by more or less: what was there before stays, and with room it comes to its end."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

from disks import remount, small_disk, used
from runs import WORDS, finish, launch
from trials import Verdict, refusal, told

from str_pipelines.storage.digests import file_sha256
from str_pipelines.storage.handles import Handle
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.storage.verify import verify
from str_pipelines.storage.words import WordLmdb

SCENES, CARD = "03_primary/scenes", "08_reporting/synthesis_card/metrics.json"
ROOM = "256m"
LANES = 2
SMALL = {"painter": "paste", "synthesize.texts.per_anchor": 2, "synthesize.photographs.keep_photos": 1}
BEFORE = {**SMALL, "ingest.scenes.read.limit": 1}
AFTER = {**SMALL, "ingest.scenes.read.limit": 2, "synthesize.texts.seed": 1}
State = dict[str, str]
"""Digest by artifact."""


def full_disks(scratch: Path, count: int, seconds: float) -> Iterator[Verdict]:
    """One run a disk, from one that is full already to one that lacks little.

    Raises:
        PermissionError: nothing may be mounted here.
    """
    finish(launch(scratch / "before", scratch / "log", BEFORE), scratch / "log")
    before = state_of(scratch / "before")
    with small_disk(scratch / "disk", ROOM):
        data = shutil.copytree(scratch / "before", scratch / "disk" / "data")
        least = used(data)
        finish(launch(data, scratch / "log", AFTER), scratch / "log")
        after, most = state_of(data), used(data)
    sizes = [least + number * (most - least) // count for number in range(count)]
    run = partial(one_disk, scratch, seconds, before, after)
    with ThreadPoolExecutor(LANES) as lanes:
        yield from lanes.map(run, range(count), sizes)


def one_disk(scratch: Path, seconds: float, before: State, after: State, number: int, size: int) -> Verdict:
    """The run of `after` on a disk of `size` bytes where the run of `before` has been; then once more with room."""
    disk, log = scratch / f"disk-{number}", scratch / f"log-{number}"
    params = {**AFTER, "execution.workers": 1 + number % 2}
    with small_disk(disk, ROOM):
        data = shutil.copytree(scratch / "before", disk / "data")
        remount(disk, f"size={size}")
        verdict = ended(launch(data, log, params), log, seconds)
        harmed = [name for name, digest in state_of(data).items() if digest not in (before[name], after[name])]
        remount(disk, f"size={ROOM}")
        again = ended(launch(data, log, params), log, seconds)
        if not again.read or state_of(data) != after or any(data.rglob("*.part-*")):
            verdict += Verdict(errors=1, detail=f"with room: {again}, {state_of(data)} instead of {after}")
    return told(f"a disk of {size} bytes", replace(verdict, damaged=len(harmed), detail=f"{harmed} {verdict.detail}"))


def ended(process: subprocess.Popen[bytes], log: Path, seconds: float) -> Verdict:
    """How a run ended: by itself, or for want of room, which it has to say with the way out."""
    try:
        code = process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        return Verdict(hangs=1, detail=f"after {seconds} s")
    if code < 0:
        return Verdict(crashes=1, detail=f"ended with {code}")
    return refusal(log.read_text(errors="replace"), "The disk is full: ") if code else Verdict(read=1)


def state_of(data: Path) -> State:
    """What each artifact holds, where it is whole."""
    checks: dict[str, Callable[[Path], str]] = {
        SCENES: partial(_digest, SceneLmdb),
        WORDS: partial(_digest, WordLmdb),
        CARD: file_sha256,
    }
    return {name: _or_why_not(check, data / name) for name, check in checks.items()}


def _digest(kind: type[Handle], folder: Path) -> str:
    handle = kind.at(folder)
    return handle.digest if not list(verify(handle)) else f"{folder} is damaged"


def _or_why_not(check: Callable[[Path], str], path: Path) -> str:
    try:
        return check(path)
    except (OSError, ValueError) as error:
        return str(error)
