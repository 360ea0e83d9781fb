"""Kill `kedro run` at random moments, start it again each time, and compare what comes out.

    python tools/kill.py --kills 20 --workers 1              # kedro run --pipeline=synthesize
    python tools/kill.py --of mj st mj.tar.gz --kills 50     # ingest.words of each of these published sets

Only the parent process is killed; whether its workers die with it is counted too. A run that comes to its end before
it is killed is compared with the uninterrupted one, and the next round begins from nothing. Ends with 1 if anything was
lost, doubled or changed.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from runs import finish, launch, say
from subjects import KINDS, Subject, subject_of

from str_pipelines.storage.environments import environment
from str_pipelines.storage.manifests import version_of
from str_pipelines.storage.verify import verify
from str_pipelines.storage.words import WordLmdb

LOG = "log.txt"
PATIENCE = 10.0
"""Seconds that workers may live on without their parent."""


@dataclass(frozen=True)
class Round:
    """A run from nothing to its end: how often it was killed, and how its words differ from the uninterrupted ones."""

    kills: int
    seconds: float
    words: int
    lost: int
    doubled: int
    changed: int
    keys_differ: int
    damaged: int
    digest: str
    orphans: int
    left_over: int

    def good(self, digest: str) -> bool:
        """Whether nothing is wrong with it."""
        faults = (self.lost, self.doubled, self.changed, self.keys_differ, self.damaged, self.orphans, self.left_over)
        return not any(faults) and self.digest == digest


def main() -> int:
    """Run everything and print a line a round; 1 if a round of any subject had a fault."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--of", nargs="+", choices=KINDS, default=["synthesize"], help="what is killed")
    parser.add_argument("--kills", type=int, default=20, help="of each")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    return max([torment(kind, options) for kind in options.of])


def torment(kind: str, options: argparse.Namespace) -> int:
    """One subject to the end of its kills; 1 if anything was lost, doubled or changed."""
    with tempfile.TemporaryDirectory(prefix="kill-") as scratch:
        subject = subject_of(kind, Path(scratch, "raw"))
        say(f"{kind}: kedro run {' '.join(subject.selection)}")
        rounds = list(play(subject, Path(scratch), options.kills, options.workers, random.Random(options.seed)))
    whole, killed = rounds[0], rounds[1:]
    bad = [each for each in killed if not each.good(whole.digest)]
    kills, lost, doubled = (sum(getattr(each, name) for each in killed) for name in ("kills", "lost", "doubled"))
    say(f"{kills} kills, {len(killed)} rounds, {lost} lost, {doubled} doubled, {len(bad)} rounds with a fault")
    return 1 if bad or not whole.good(whole.digest) else 0


def play(subject: Subject, scratch: Path, kills: int, workers: int, rng: random.Random) -> Iterator[Round]:
    """The uninterrupted round, then as many as it takes for all kills."""
    start = time.monotonic()
    finish(start_run(subject, scratch / "whole", workers), scratch / "whole" / LOG)
    total = time.monotonic() - start
    whole = WordLmdb.at(scratch / "whole" / subject.words)
    say("  ".join(f"{field.name:>11}" for field in fields(Round)))
    yield tell(compare(whole, whole, scratch / "whole", 0, 0, total))
    number = 0
    while kills:
        number += 1
        done = survive(subject, whole, scratch / f"killed-{number}", kills, workers, rng, total)
        kills -= done.kills
        total = total if done.kills else done.seconds  # the machine may be less busy than it was
        yield tell(done)


def survive(
    subject: Subject, whole: WordLmdb, data: Path, kills: int, workers: int, rng: random.Random, total: float
) -> Round:
    """Start the command again and again until it comes to its end, killed at most `kills` times on the way."""
    start, done, orphans = time.monotonic(), 0, 0
    while True:
        process = start_run(subject, data, workers)
        try:
            process.wait(rng.uniform(0, total) if done < kills else None)
        except subprocess.TimeoutExpired:
            orphans += kill(process)
            done += 1
        else:
            finish(process, data / LOG)
            return compare(whole, WordLmdb.at(data / subject.words), data, done, orphans, time.monotonic() - start)


def start_run(subject: Subject, data: Path, workers: int) -> subprocess.Popen[bytes]:
    """The command, with everything in one folder."""
    data.mkdir(exist_ok=True)
    return launch(data, data / LOG, {**subject.params, "execution.workers": workers}, subject.selection)


def kill(process: subprocess.Popen[bytes]) -> int:
    """Kill it and say how many of its children outlive it by more than a moment."""
    children = [pid for pid, parent in processes() if parent == process.pid]
    process.kill()
    process.wait()
    deadline = time.monotonic() + PATIENCE
    while (living := {pid for pid, _ in processes()} & set(children)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return len(living)


def processes() -> Iterator[tuple[int, int]]:
    """Every running process and its parent."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if state != "Z":
            yield int(stat.parent.name), int(parent)


def compare(whole: WordLmdb, found: WordLmdb, data: Path, kills: int, orphans: int, seconds: float) -> Round:
    """How a result differs from the uninterrupted one, and what lies about that should not."""
    expected, labels = ({word.id: word.label for word in words} for words in (whole, found))
    ids = Counter(row["id"] for row in found.rows())
    return Round(
        kills=kills,
        seconds=round(seconds, 1),
        words=len(found),
        lost=len(expected.keys() - labels.keys()),
        doubled=ids.total() - len(ids),
        changed=sum(label != expected.get(name) for name, label in labels.items()),
        keys_differ=len(keys(whole) ^ keys(found)),
        damaged=len(list(verify(found))),
        digest=found.digest,
        orphans=orphans,
        left_over=len([*data.rglob("*.part-*"), *data.rglob("*.old")]),
    )


def keys(words: WordLmdb) -> set[bytes]:
    """All keys of the LMDBs of a set."""
    found: set[bytes] = set()
    for folder in words.folders():
        with environment(folder, version_of(folder)).begin() as transaction:
            found.update(transaction.cursor().iternext(values=False))
    return found


def tell(done: Round) -> Round:
    """Print a round as a line."""
    say("  ".join(f"{str(value)[:11]:>11}" for value in asdict(done).values()))
    return done


if __name__ == "__main__":
    sys.exit(main())
