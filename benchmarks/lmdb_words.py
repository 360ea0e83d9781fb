"""Words a second from files to LMDB, beside the script that most of the field uses.

The common script (create_lmdb_dataset.py of CRNN and its descendants) is one process: it reads a list, decodes each
picture to grey to see whether it can be, and commits image and label by turns, 1,000 words a transaction. Ours is the
step `ingest.words` on two workers: index of the listing, shards, merging, manifest, digests and sidecar are inside the
clock. With `check: decode` it decodes all data of a JPEG, and of 64 pixels makes one (`sources.sizes.decoded_size`).
The page cache is warm, and so is the process that workers are forked from, as from the second step of a run on.

Where others use the machine, clocks say more of them than of this: the second table has what processors did, and with
it the words a second of a machine with a free one for each worker.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

import cv2
import lmdb
import numpy as np
from results import record
from taken import Taken, timed

from str_pipelines.execution import Execution
from str_pipelines.sources.word_config import ReadWordsParams
from str_pipelines.sources.words import ingest

SCRIPT = "common script, decode"
Round = dict[str, tuple[Taken, float]]
"""Of each way, what it took and its megabytes."""


def common_script(listing: Path, folder: Path, decode: bool) -> float:
    """What the script does, without its printing; megabytes of data.mdb."""
    env = lmdb.open(str(folder), map_size=1 << 40)
    with listing.open(encoding="utf-8") as file:
        lines = file.readlines()
    cache: dict[bytes, bytes] = {}
    number = 1
    for line in lines:
        name, label = line.strip("\n").split("\t")
        path = os.path.join(listing.parent, name)  # noqa: PTH118 (as it does; Path would be slower)
        if not os.path.exists(path):  # noqa: PTH110
            continue
        with open(path, "rb") as picture:  # noqa: PTH123
            image = picture.read()
        if decode and not _can_be_decoded(image):
            continue
        cache[b"image-%09d" % number] = image
        cache[b"label-%09d" % number] = label.encode()
        if number % 1000 == 0:
            _write(env, cache)
            cache = {}
        number += 1
    cache[b"num-samples"] = str(number - 1).encode()
    _write(env, cache)
    env.close()
    return _megabytes(folder)


def _can_be_decoded(image: bytes) -> bool:
    if not image:
        return False
    grey = cv2.imdecode(np.frombuffer(image, dtype=np.uint8), cv2.IMREAD_GRAYSCALE)
    return grey is not None and grey.shape[0] * grey.shape[1] != 0


def _write(env: lmdb.Environment, cache: dict[bytes, bytes]) -> None:
    with env.begin(write=True) as transaction:
        for key, value in cache.items():
            transaction.put(key, value)


def ours(listing: Path, folder: Path, check: str, workers: int) -> float:
    """The same words as `ingest.words` takes them in, with all that the project wants to know of them; megabytes."""
    source = {"kind": "tsv", "root": listing.parent, "listing": listing.name}
    params = ReadWordsParams.model_validate({"source": source, "check": check})
    words = ingest(params, Execution(workers=workers, work=folder))
    if words.manifest.rejected:
        raise RuntimeError(f"some words were turned away: {words.manifest.rejected}")
    return _megabytes(folder)


def _megabytes(folder: Path) -> float:
    return sum(data.stat().st_size for data in folder.rglob("data.mdb")) / 1e6


def main() -> None:
    """All ways take turns for several rounds; before each, the disk has written what it had to."""
    from word_files import make_files  # here, as every worker imports what stands above

    args = _arguments()
    with tempfile.TemporaryDirectory(dir=args.work) as scratch:
        listing = make_files(args.files or Path(scratch, "files"), args.count)
        with listing.open(encoding="utf-8") as lines:
            sizes = [len((listing.parent / line.partition("\t")[0]).read_bytes()) for line in lines]
        print(f"{len(sizes)} files of {statistics.mean(sizes):.0f} bytes on average, now in the page cache")
        ways: dict[str, Callable[[Path], float]] = {
            SCRIPT: lambda folder: common_script(listing, folder, decode=True),
            "common script, no check": lambda folder: common_script(listing, folder, decode=False),
            "ours, decode": lambda folder: ours(listing, folder, "decode", args.workers),
            "ours, header": lambda folder: ours(listing, folder, "header", args.workers),
        }
        rounds = [{way: timed(build, Path(scratch, "lmdb")) for way, build in ways.items()} for _ in range(args.rounds)]
    record("lmdb_words", [_row(way, rounds, args.count) for way in ways])
    record("lmdb_words_processor", [_processor_row(way, rounds, args) for way in ways])


def _processor_row(way: str, rounds: list[Round], args: argparse.Namespace) -> dict[str, object]:
    """Of the best round, which others disturbed least; the first one, in which everything is imported, left out."""
    best = {each: min(round[each][0].on_free_cores(args.workers) for round in rounds[1:]) for each in rounds[0]}
    spent = min(round[way][0].own + round[way][0].workers for round in rounds[1:])
    return {
        "way": way,
        "files": args.count,
        "rounds": len(rounds) - 1,
        "microseconds_a_word": f"{spent / args.count * 1e6:.1f}",
        "words_s_on_free_cores": f"{args.count / best[way]:.0f}",
        "ratio_on_free_cores": f"{best[SCRIPT] / best[way]:.2f}",
    }


def _row(way: str, rounds: list[Round], count: int) -> dict[str, object]:
    seconds = [each[way][0].clock for each in rounds]
    ratios = [each[SCRIPT][0].clock / each[way][0].clock for each in rounds]
    size, common = rounds[0][way][1], rounds[0][SCRIPT][1]
    return {
        "way": way,
        "files": count,
        "rounds": len(rounds),
        "words_s": f"{count / statistics.median(seconds):.0f}",
        "best_words_s": f"{count / min(seconds):.0f}",
        "ratio": f"{statistics.median(ratios):.2f}",
        "ratios": f"{min(ratios):.2f}-{max(ratios):.2f}",
        "megabytes": f"{size:.1f}",
        "smaller": f"{1 - size / common:.0%}",
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=60_000, help="how many files")
    parser.add_argument("--files", type=Path, help="folder in which they are made, or kept from the last time")
    parser.add_argument(
        "--work", type=Path, help="folder on the disk to be measured; the system's temporary one without"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    main()
