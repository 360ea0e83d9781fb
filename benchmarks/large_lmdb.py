"""A million words: how much memory their ingestion takes, and how soon they are open.

A word LMDB as the common script writes it, of tiny pictures, is read by `ingest.words` (`kind: lmdb`, headers looked
at) on two workers, whose memory is summed up with that of the process that started them: what processes share is
divided among them (PSS), and the pages of files that the system would give back are counted, too. Then a fresh process
opens what was made and reads a word in the middle of it; another opens the LMDB of the common script, of which every
record is read first; a third opens that again.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import lmdb
import numpy as np
from results import record

from str_pipelines.execution import Execution
from str_pipelines.imaging.decode import encode_png
from str_pipelines.sources.word_config import ReadWordsParams
from str_pipelines.sources.words import ingest

OPEN = """
import sys, time, resource
from str_pipelines.storage.words import WordLmdb
start = time.perf_counter()
words = WordLmdb.at(sys.argv[1])
word = words[len(words) // 2]
print(len(words), time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
BATCH = 50_000


def common(folder: Path, count: int) -> None:
    """Image and label by turns, as the common script puts them."""
    pictures = [encode_png(np.full((8, 16 + number, 3), number, np.uint8)) for number in range(64)]
    env = lmdb.open(str(folder), map_size=1 << 40, sync=False)
    for start in range(0, count, BATCH):
        with env.begin(write=True) as transaction:
            for number in range(start + 1, min(start + BATCH, count) + 1):
                transaction.put(b"image-%09d" % number, pictures[number % 64])
                transaction.put(b"label-%09d" % number, b"word%d" % number)
    with env.begin(write=True) as transaction:
        transaction.put(b"num-samples", b"%d" % count)
    env.close()


def main() -> None:
    """One round: nothing of it is so short that chance would show."""
    args = _arguments()
    with tempfile.TemporaryDirectory(dir=args.work) as scratch:
        os.environ["XDG_CACHE_HOME"] = scratch
        theirs = Path(scratch, "theirs")
        common(theirs, args.count)
        most = Most()
        start = time.perf_counter()
        params = ReadWordsParams.model_validate({"source": {"kind": "lmdb", "root": theirs}, "check": "header"})
        words = ingest(params, Execution(workers=args.workers, work=Path(scratch, "work")))
        seconds, memory = time.perf_counter() - start, most.stop()
        shutil.rmtree(Path(scratch, "str_pipelines"))  # what the ingestion has found out about it
        ours, foreign, again = (_opened(folder) for folder in (words.path, theirs, theirs))
    row = {"words": args.count, "workers": args.workers, "ingest_s": f"{seconds:.1f}", "ingest_mib": f"{memory:.0f}"}
    row |= {"open_s": f"{ours[0]:.3f}", "open_mib": f"{ours[1]:.0f}"}
    row |= {"foreign_open_s": f"{foreign[0]:.2f}", "foreign_open_mib": f"{foreign[1]:.0f}"}
    record("large_lmdb", [row | {"foreign_again_s": f"{again[0]:.3f}"}])


def _opened(folder: Path) -> tuple[float, float]:
    """Seconds until a word in the middle is read, and the most memory in MiB, of a process of its own."""
    said = subprocess.run([sys.executable, "-c", OPEN, str(folder)], capture_output=True, text=True, check=True).stdout
    _, seconds, memory = map(float, said.split())
    return seconds, memory


class Most:
    """The most memory that this process and all below it take at once, looked at five times a second."""

    def __init__(self) -> None:
        self._most, self._end = 0.0, Event()
        self._thread = Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        """MiB."""
        self._end.set()
        self._thread.join()
        return self._most

    def _watch(self) -> None:
        while not self._end.wait(0.2):
            self._most = max(self._most, sum(map(_memory, _below(os.getpid()))))


def _below(process: int) -> Iterator[int]:
    yield process
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        for child in children.read_text().split():
            yield from _below(int(child))


def _memory(process: int) -> float:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has ended
        return 0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1_000_000, help="how many words")
    parser.add_argument("--work", type=Path, help="folder on the disk to be measured")
    parser.add_argument("--workers", type=int, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    main()
