"""Words a second of readers, side by side: the same words, the same number of threads, one word a call and 32.

    python benchmarks/readers.py data/02_intermediate/words --readers ctc_small rapidocr --threads 1 2

They take turns, so that whatever else the machine does falls on all of them.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

THREADS = argparse.ArgumentParser(add_help=False)
THREADS.add_argument("--threads", type=int, default=2, help="of every reader")
known, _ = THREADS.parse_known_args()
os.environ["OMP_NUM_THREADS"] = str(known.threads)  # before torch is imported

import torch  # noqa: E402
from results import record  # noqa: E402

from str_pipelines.imaging.crop import upright  # noqa: E402
from str_pipelines.imaging.decode import WORD_PIXELS, decode  # noqa: E402
from str_pipelines.recognizers.rapidocr import RapidOcrReader  # noqa: E402
from str_pipelines.recognizers.reader import Reader  # noqa: E402
from str_pipelines.recognizers.timing import measure  # noqa: E402
from str_pipelines.storage.checkpoints import Checkpoint  # noqa: E402
from str_pipelines.storage.words import WordLmdb  # noqa: E402
from str_pipelines.zoo import load_reader  # noqa: E402

ROUNDS, WORDS = 5, 256


def main() -> None:
    """Measure and record."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0], parents=[THREADS])
    parser.add_argument("words", type=Path, help="a word LMDB")
    parser.add_argument("--readers", nargs="+", default=["ctc_small", "rapidocr"])
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    words = WordLmdb.at(args.words)
    count = min(WORDS, len(words))
    images = [upright(decode(words[place * len(words) // count].image, WORD_PIXELS)) for place in range(count)]
    readers = {name: _load(name, args.threads) for name in args.readers}
    best: dict[tuple[str, str], float] = {}
    for _ in range(ROUNDS):
        for name, reader in readers.items():
            for batch, row in measure(reader, images).batches.items():
                best[name, batch] = max(best.get((name, batch), 0.0), row["words_per_second"])
    baseline = args.readers[-1]
    record("readers", [
        {"reader": name, "batch": batch, "threads": args.threads, "words_s": f"{rate:.1f}",
         f"times_{baseline}": f"{rate / best[baseline, batch]:.2f}"}
        for (name, batch), rate in best.items()
    ])  # fmt: skip


def _load(name: str, threads: int) -> Reader:
    checkpoint = Checkpoint.at(name)
    if checkpoint.config()["name"] == "rapidocr":
        return RapidOcrReader(**{**checkpoint.config()["options"], "threads": threads})
    return load_reader(checkpoint)


if __name__ == "__main__":
    main()
