"""Words of real photographs and, decided by eye from a sheet, whether their text is the lighter part of the picture."""

from __future__ import annotations

import argparse
import csv
import hashlib
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from str_pipelines.execution import Execution
from str_pipelines.imaging.decode import decode
from str_pipelines.imaging.sheets import Cell, sheet
from str_pipelines.records import Word
from str_pipelines.sources.config import BenchmarkSource
from str_pipelines.sources.scene_words import benchmark_words

BITS = Path(__file__).parent / "real_polarity.csv"
SETS, EACH, A_SHEET = ("ic13", "ic15", "shopsign"), 100, 50


def chosen(root: Path, work: Path, skipped: int = 0, each: int = EACH) -> list[Word]:
    """So many words of every set, by a hash of their id."""
    where = Execution(backend="serial", workers=1, work=work)
    words: list[Word] = []
    for name in SETS:
        source = BenchmarkSource(kind="benchmark", root=root, sets=(name,))
        found = sorted(benchmark_words(source, where), key=lambda word: hashlib.sha256(word.id.encode()).digest())
        words += found[skipped : skipped + each]
    return words


def by_eye() -> dict[str, bool]:
    """Id of a word → whether its text is the lighter part."""
    with BITS.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row["light"] == "1" for row in csv.DictReader(file)}


def in_two(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What the eye decides on: the darker of the two groups of grey levels black, the lighter white, (H, W, 3)."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    _, parted = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return np.asarray(cv2.cvtColor(parted, cv2.COLOR_GRAY2RGB), np.uint8)


def main() -> None:
    """Write the sheets; nothing on them says what any rule thinks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=Path, help="a folder in TextSSR's benchmark layout: ic13, ic15, shopsign")
    parser.add_argument("folder", type=Path, help="where the sheets go")
    parser.add_argument("--skipped", type=int, default=0, help="words of each set that are passed over")
    parser.add_argument("--each", type=int, default=EACH)
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    words = chosen(args.root, args.folder / "work", args.skipped, args.each)
    cells = []
    for number, word in enumerate(words):
        image = decode(word.image)
        cells.append(Cell([image, in_two(image)], f"{number} {word.label}"))
    for start in range(0, len(cells), A_SHEET):
        data = sheet(cells[start : start + A_SHEET], columns=5, height=56, width=130)
        (args.folder / f"words_{start:03d}.png").write_bytes(data)
    (args.folder / "ids.txt").write_text("".join(f"{word.id}\n" for word in words), encoding="utf-8")


if __name__ == "__main__":
    main()
