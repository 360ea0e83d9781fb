"""Words a second from an LMDB to normalised batches on one core, beside the Pillow path that the field's loaders take.

The Pillow path reads a record in a transaction of its own, opens, converts and resizes the picture to 128 x 32 with
Pillow (bicubic), and normalises it: PARSeq's loader without its augmentation. Seconds are those of the processor, so
that what else the machine does counts little; the page cache is warm.
"""

from __future__ import annotations

import argparse
import io
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import lmdb
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from results import record
from word_files import make_files

from str_pipelines.imaging.decode import size_of
from str_pipelines.recognizers.gather import gather
from str_pipelines.recognizers.words import Words
from str_pipelines.recognizers.words_params import WordsParams
from str_pipelines.records import Word
from str_pipelines.storage.environments import close_all
from str_pipelines.storage.words import WordLmdb, WordWriter
from str_pipelines.training.order import batch_stream

PILLOW, BATCH = "Pillow path, 128 x 32", 256
FIXED = (128,)


def pillow_path(folder: Path, count: int) -> None:
    """Batches (256, 3, 32, 128) float32."""
    env = lmdb.open(str(folder), readonly=True, lock=False, readahead=False, meminit=False)
    order = np.random.default_rng(0).permutation(count)
    for start in range(0, count, BATCH):
        np.stack([_pillow_word(env, int(index) + 1) for index in order[start : start + BATCH]])
    env.close()


def _pillow_word(env: lmdb.Environment, number: int) -> NDArray[np.float32]:
    with env.begin() as transaction:
        transaction.get(b"label-%09d" % number).decode()
        data = transaction.get(b"image-%09d" % number)
    image = Image.open(io.BytesIO(data)).convert("RGB").resize((128, 32), Image.Resampling.BICUBIC)
    return (np.asarray(image, np.float32).transpose(2, 0, 1) / 255 - 0.5) / 0.5


def ours(words: Words, count: int) -> None:
    """Batches of equal width, float32 and normalised as a whole."""
    done = 0
    for epoch, indices in batch_stream(words.groups, BATCH, 0):
        normalised([words.sample(epoch, int(index))[0] for index in indices])
        done += len(indices)
        if done >= count:
            return


def exact(words: Words, count: int) -> None:
    """As for evaluation: Pillow's pixels, each word once."""
    [stored] = words.sets
    for start in range(0, count, BATCH):
        places = range(start, min(start + BATCH, count))
        normalised([words.shape.fit(stored.read(0, place)[0], "exact") for place in places])


def normalised(images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
    """(B, 3, H, W), -1 to 1."""
    batch = np.stack(images).transpose(0, 3, 1, 2).astype(np.float32)
    batch *= 2 / 255
    batch -= 1
    return batch


def main() -> None:
    """All ways take turns."""
    args = _arguments()
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as scratch:
        lmdbs = _store(make_files(args.files or Path(scratch, "files"), args.count), Path(scratch, "words"))
        ways: dict[str, Callable[[], None]] = {PILLOW: lambda: pillow_path(lmdbs.folders()[0], args.count)}
        fixed, row = (gather(WordsParams(widths=widths), {"words": lmdbs}) for widths in (FIXED, WordsParams().widths))
        ways["ours, exact, 128 x 32"] = lambda: exact(fixed, args.count)
        ways["ours, quick, 128 x 32"] = lambda: ours(fixed, args.count)
        ways["ours, quick, 32 to 512 x 32"] = lambda: ours(row, args.count)
        for preset in ("parseq", "abinet", "str"):
            words = gather(WordsParams(widths=FIXED, augment=preset), {"words": lmdbs})
            ways[f"ours, quick, 128 x 32, {preset}"] = lambda words=words: ours(words, args.count)
        rounds = [{way: _time(run) for way, run in ways.items()} for _ in range(args.rounds)]
    record("word_loader", [_row(way, rounds, args.count) for way in ways])


def _store(listing: Path, folder: Path) -> WordLmdb:
    with WordWriter(folder) as writer, listing.open(encoding="utf-8") as lines:
        for line in lines:
            name, _, label = line.rstrip("\n").partition("\t")
            image = (listing.parent / name).read_bytes()
            writer.add(Word(name, image, label, size_of(image), "files"))
        writer.finish()
    return WordLmdb.at(folder)


def _time(run: Callable[[], None]) -> float:
    close_all()  # the Pillow path opens the same file by itself
    start = time.process_time()
    run()
    seconds = time.process_time() - start
    close_all()
    return seconds


def _row(way: str, rounds: list[dict[str, float]], count: int) -> dict[str, object]:
    seconds = [each[way] for each in rounds]
    ratios = [each[PILLOW] / each[way] for each in rounds]
    return {
        "way": way,
        "words": count,
        "rounds": len(rounds),
        "words_s": f"{count / statistics.median(seconds):.0f}",
        "best_words_s": f"{count / min(seconds):.0f}",
        "ratio": f"{statistics.median(ratios):.2f}",
        "ratios": f"{min(ratios):.2f}-{max(ratios):.2f}",
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000, help="how many words")
    parser.add_argument("--files", type=Path, help="folder in which they are made, or kept from the last time")
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


if __name__ == "__main__":
    main()
