"""Words a second cut out of SynthText's photographs, beside the script that most of the field uses.

The common script (crop_by_word_bb_syn90k.py, which ABINet and BINet ship) is one process: it loads gt.mat, decodes each
photograph, turns away whatever has a corner outside of it, and writes a JPEG and a line of gt.txt a word. Ours is the
step `ingest.words` on two workers: the parsing of gt.mat, shards, manifest, digests and sidecar are inside the clock,
and what comes out is an LMDB already. The page cache is warm, and so is the process that workers are forked from, as
from the second step of a run on. Photographs are 600 x 450 with 5 to 12 words, and one in nine words sticks out a bit.

Where others use the machine, the second table says more: see lmdb_words.py.
"""

from __future__ import annotations

import argparse
import itertools
import os
import re
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from results import record
from scipy.io import loadmat
from taken import Taken, timed

from str_pipelines.execution import Execution
from str_pipelines.imaging.decode import encode_jpeg
from str_pipelines.sources.demo_raw import photograph, upright_box, write_gt
from str_pipelines.sources.word_config import ReadWordsParams
from str_pipelines.sources.words import ingest
from str_pipelines.text.lexicons import load_lexicon

SIZE = (600, 450)
COMMON = "common script, axis-aligned"
Labels = dict[str, str]
Round = dict[str, tuple[Taken, Labels]]
"""Of each way, what it took and what came of it."""


def make_set(root: Path, count: int) -> int:
    """Write `count` photographs and their gt.mat, with texts and boxes as large as SynthText's; counts words."""
    words = [word for word in load_lexicon() if word.isascii()]
    names, texts, boxes = [], [], []
    for number in range(count):
        rng = np.random.default_rng(number)
        chosen = [words[int(i)] for i in rng.integers(0, len(words), int(rng.integers(5, 13)))]
        placed = np.stack([_box(word, rng) for word in chosen])
        name = f"{number // 1000 + 1}/made_{number}.jpg"
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(encode_jpeg(_noisy(photograph(chosen, placed, number, SIZE), rng), 90))
        names.append(name)
        texts.append(" ".join(chosen))
        boxes.append(placed)
    write_gt(root / "gt.mat", names, texts, boxes)
    return sum(map(len, boxes))


def _box(word: str, rng: np.random.Generator) -> NDArray[np.float32]:
    """Inside the photograph, or over a border by up to 8 % of its width."""
    height = float(rng.uniform(16, 40))
    width, angle = height * (0.4 + 0.5 * len(word)), float(rng.normal(0, 6))
    reach = width + height
    left, top = rng.uniform(height, max(SIZE[0] - reach, height + 1)), rng.uniform(height + 60, SIZE[1] - height - 60)
    if rng.random() < 1 / 9:
        left, angle = -float(rng.uniform(0.001, 0.08)) * width, 0.0
    return upright_box(left, top, min(width, SIZE[0] - 1), height, angle)


def _noisy(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    noise = rng.integers(-6, 7, image.shape, np.int16)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def common_script(root: Path, folder: Path, perspective: bool) -> Labels:
    """What the script does, without its printing and its logs; with the rectification that it has commented out."""
    mat, labels = loadmat(root / "gt.mat"), {}
    with (folder / "gt.txt").open("w") as listing:
        for i in range(len(mat["imnames"][0])):
            name = str(mat["imnames"][0][i][0])
            image = cv2.imread(os.path.join(root, name), cv2.IMREAD_COLOR)  # noqa: PTH118 (as it does)
            split = (re.split(" \n|\n |\n| ", text.strip()) for text in mat["txt"][0][i])
            texts = [text for text in itertools.chain(*split) if text]
            boxes = mat["wordBB"][0][i]
            boxes = boxes[:, :, None] if boxes.ndim == 2 else boxes
            if len(texts) != boxes.shape[2]:
                continue
            os.makedirs(os.path.join(folder, os.path.dirname(name)), exist_ok=True)  # noqa: PTH103, PTH118, PTH120
            for j, text in enumerate(texts):
                word = _cut(image, boxes[:, :, j].T, perspective)
                if word is None or not word.size:
                    continue
                path = os.path.join(folder, f"{name[:-4]}_{j}.jpg")  # noqa: PTH118
                cv2.imwrite(path, word)
                listing.write(f"{path}\t{text}\n")
                labels[f"{name}#{j}"] = text
    return labels


def _cut(image: NDArray[np.uint8], quad: NDArray[np.float32], perspective: bool) -> Any:
    """The script's own rules and pixels; nothing where it turns a word away."""
    high, wide = image.shape[:2]
    width, height = np.linalg.norm(quad[0] - quad[1]), np.linalg.norm(quad[0] - quad[3])
    if not 0 < width * height <= wide * high:
        return None
    if quad.min() < 0 or quad[:, 0].max() > wide or quad[:, 1].max() > high:
        return None
    if not perspective:
        (left, top), (right, bottom) = quad.min(axis=0), quad.max(axis=0)
        return image[round(top) : round(bottom), round(left) : round(right)]
    target = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    matrix = cv2.getPerspectiveTransform(quad.astype(np.float32), target)
    return cv2.warpPerspective(image, matrix, (int(width), int(height)))


def ours(root: Path, folder: Path, crop: str, workers: int) -> Labels:
    """The same words as `ingest.words` takes them in, with all that the project wants to know of them."""
    source = {"kind": "st", "root": root, "crop": crop}
    params = ReadWordsParams.model_validate({"source": source, "shard_size": 250})
    words = ingest(params, Execution(workers=workers, work=folder))
    return {row["id"]: row["label"] for row in words.rows()}


def main() -> None:
    """All ways take turns for several rounds; before each, the disk has written what it had to."""
    args = _arguments()
    with tempfile.TemporaryDirectory(dir=args.work) as scratch:
        root, folder = Path(scratch, "SynthText"), Path(scratch, "made")
        total = make_set(root, args.count)
        ways: dict[str, Callable[[Path], Labels]] = {
            COMMON: lambda folder: common_script(root, folder, perspective=False),
            "common script, perspective": lambda folder: common_script(root, folder, perspective=True),
            "ours, axis-aligned": lambda folder: ours(root, folder, "axis_aligned", args.workers),
            "ours, perspective": lambda folder: ours(root, folder, "perspective", args.workers),
            "ours, axis-aligned, one worker": lambda folder: ours(root, folder, "axis_aligned", 1),
        }
        timed(ways["ours, axis-aligned"], folder)  # starts the process that workers are forked from
        print(f"{args.count} photographs with {total} words")
        rounds = [{way: timed(cut, folder) for way, cut in ways.items()} for _ in range(args.rounds)]
    record("synthtext_crops", [_row(way, rounds, total) for way in ways])
    record("synthtext_crops_processor", [_processor_row(way, rounds, args.workers) for way in ways])


def _row(way: str, rounds: list[Round], total: int) -> dict[str, object]:
    """Words a second are those that come through."""
    labels, theirs = rounds[0][way][1], rounds[0][_common(way)][1]
    rates = [len(labels) / each[way][0].clock for each in rounds]
    ratios = [rate * each[_common(way)][0].clock / len(theirs) for rate, each in zip(rates, rounds, strict=True)]
    both = labels.keys() & theirs.keys()
    return {
        "way": way,
        "words": total,
        "kept": len(labels),
        "rounds": len(rounds),
        "words_s": f"{statistics.median(rates):.0f}",
        "ratio": f"{statistics.median(ratios):.2f}",
        "ratios": f"{min(ratios):.2f}-{max(ratios):.2f}",
        "labels_equal": f"{sum(labels[name] == theirs[name] for name in both)}/{len(both)}",
    }


def _processor_row(way: str, rounds: list[Round], workers: int) -> dict[str, object]:
    """Of the best round, which others disturbed least."""
    count = 1 if "one worker" in way else workers
    seconds, spent = _best(way, rounds, count), min(sum(each[way][0][1:]) for each in rounds)
    labels, theirs = rounds[0][way][1], rounds[0][_common(way)][1]
    rate, their_rate = len(labels) / seconds, len(theirs) / _best(_common(way), rounds, 1)
    return {
        "way": way,
        "kept": len(labels),
        "rounds": len(rounds),
        "microseconds_a_word": f"{spent / len(labels) * 1e6:.1f}",
        "words_s_on_free_cores": f"{rate:.0f}",
        "ratio_on_free_cores": f"{rate / their_rate:.2f}",
    }


def _best(way: str, rounds: list[Round], workers: int) -> float:
    return min(each[way][0].on_free_cores(workers) for each in rounds)


def _common(way: str) -> str:
    return COMMON if "axis" in way else "common script, perspective"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=7200, help="how many photographs")
    parser.add_argument("--work", type=Path, help="folder on the disk to be measured; the system's without")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    main()
