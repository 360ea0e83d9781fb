"""TextSeg and TextZoom in tiny form, with defects: raw sets to try `ingest.masked_words` and `ingest.pairs` on."""

from __future__ import annotations

import json
import shutil
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from str_pipelines.imaging.decode import encode_jpeg, encode_png
from str_pipelines.imaging.headers import PNG, PNG_END
from str_pipelines.sources.demo_pairs import spoiled
from str_pipelines.sources.textseg import DERIVED, FILES, IGNORED, SPLITS, TEXT
from str_pipelines.storage.pairs import high_key, low_key
from str_pipelines.storage.samples import COUNT, label_key
from str_pipelines.storage.stores import Store

FONT, SIZE = cv2.FONT_HERSHEY_SIMPLEX, (240, 160)
WORDS = (
    "amber",
    "basil",
    "cedar",
    "delta",
    "ember",
    "fjord",
    "gravel",
    "harbor",
    "indigo",
    "jasper",
    "kernel",
    "lunar",
)
SPLIT = {
    "train": ["a00001", "a00002", "a00003", "gone", "void", "unmarked", "../../outside", "a00001"],
    "val": ["a00004", "smaller", "strange"],
    "test": ["a00005", "a00006", "cut", "a00002"],
    "new": ["a00007"],
}
PARTS = {"train1": 9, "train2": 3, "test/easy": 2, "test/medium": 2, "test/hard": 2}
Pixels = NDArray[np.uint8]


def make_textseg(root: Path) -> Path:
    """Ten photographs of two words each, their marks and annotations. Returns `root`.

    Defects: a photograph is missing, one empty, one without marks, one whose marks are smaller, one whose marks mean
    nothing, one with half of its annotations, one that would lie outside of `root`, one listed twice, one of train in
    test too; in a00003 a word without text, one with an empty one, and polygons of two points, of half a point and
    without area. Letters have shadows, and a corner of a00005 is marked as open.
    """
    for number, tag in enumerate(dict.fromkeys(tag for tags in SPLIT.values() for tag in tags)):
        if tag == "../../outside":
            continue
        picture, marks, words = _photograph(WORDS[2 * number % 12 : 2 * number % 12 + 2], np.random.default_rng(number))
        if tag == "a00003":
            words |= _wrong_words()
        if tag == "a00005":
            marks[:40, :60] = IGNORED
        said = json.dumps(words).encode()
        contents = [encode_jpeg(picture, 92), cv2.imencode(".png", _spoiled_marks(tag, marks))[1].tobytes(), said]
        left_out = {"gone": 0, "unmarked": 1}.get(tag)
        for place, (name, content) in enumerate(zip(FILES, contents, strict=True)):
            path = root / name.format(tag)
            path.parent.mkdir(parents=True, exist_ok=True)
            if place != left_out:
                half = content[: len(content) // 2]
                path.write_bytes({("void", 0): b"", ("cut", 2): half}.get((tag, place), content))
    (root / SPLITS).write_text(json.dumps(SPLIT))
    return root


def make_textzoom(root: Path) -> Path:
    """Eighteen pairs in five parts. Returns `root`.

    Defects, in train1: a better picture is cut, a worse one missing, one says it is a billion pixels, one is a pixel
    high, a label is no UTF-8; another one is missing, which costs nothing.
    """
    seed = 0
    for part, count in PARTS.items():
        shutil.rmtree(root / part, ignore_errors=True)
        (root / part).mkdir(parents=True)
        store = Store(root / part, ordered=False)
        for number in range(1, count + 1):
            seed += 1
            for key, value in _pair(part, number, seed).items():
                store.put(key, value)
        store.put(COUNT, b"%d" % count)
        store.close()
    return root


def _photograph(words: tuple[str, ...], rng: np.random.Generator) -> tuple[Pixels, Pixels, dict[str, Any]]:
    """Picture (H, W, 3), marks (H, W) and annotations of words below one another."""
    width, height = SIZE
    picture = cv2.resize(rng.integers(120, 230, (6, 8, 3)).astype(np.uint8), SIZE, interpolation=cv2.INTER_CUBIC)
    marks, said = np.zeros((height, width), np.uint8), dict[str, Any]()
    for place, word in enumerate(words):
        left, base = 12, 62 + 68 * place
        for shift, mark, grey in ((3, DERIVED, 95), (0, TEXT, 20)):
            cv2.putText(picture, word, (left + shift, base + shift), FONT, 1.6, (grey,) * 3, 5)
            letters = cv2.putText(np.zeros_like(marks), word, (left + shift, base + shift), FONT, 1.6, 255, 5)
            marks[letters > 127] = mark  # OpenCV may draw shades of its own accord
        (wide, high), below = cv2.getTextSize(word, FONT, 1.6, 5)
        right, top, bottom = left + wide + 4, base - high - 4, base + below
        box = [left - 4, top, right, top, right, bottom, left - 4, bottom]
        characters = {f"{i:02d}": {"text": letter, "mask_value": i + 1} for i, letter in enumerate(word)}
        said[f"{place:04d}"] = {"text": word, "bbox": box, "char": characters}
    return np.asarray(picture, np.uint8), marks, said


def _wrong_words() -> dict[str, Any]:
    box = [10, 10, 90, 10, 90, 40, 10, 40]
    wrong: list[dict[str, Any]] = [
        {"bbox": box}, {"text": " ", "bbox": box}, {"text": "two", "bbox": box[:4]}, {"text": "half", "bbox": box[:7]},
        {"text": "flat", "bbox": [10, 10, 90, 10, 50, 10]},
    ]  # fmt: skip
    return {f"{place:04d}": each for place, each in enumerate(wrong, 10)}


def _spoiled_marks(tag: str, marks: Pixels) -> Pixels:
    if tag == "smaller":
        return np.ascontiguousarray(marks[:-8])
    return np.where(marks == DERIVED, 17, marks).astype(np.uint8) if tag == "strange" else marks


def _pair(part: str, number: int, seed: int) -> Mapping[bytes, bytes]:
    """The entries of a pair."""
    rng = np.random.default_rng(seed)
    word = WORDS[seed % len(WORDS)]
    name = part.rpartition("/")[2]
    high = _drawn(word, rng)
    low, better = encode_png(spoiled(high, "train1" if name == "train2" else name, rng)), encode_png(high)
    entries = {high_key(number): better, low_key(number): low, label_key(number): word.encode()}
    return dict(_damaged(entries, number)) if part == "train1" else entries


def _damaged(entries: Mapping[bytes, bytes], number: int) -> Iterator[tuple[bytes, bytes]]:
    changes: dict[bytes, bytes | None] = {
        high_key(2): entries.get(high_key(2), b"")[:150],
        low_key(3): None,
        low_key(4): _huge(),
        low_key(5): encode_png(np.zeros((1, 40, 3), np.uint8)),
        label_key(6): b"\xff\xfe",
        label_key(7): None,
    }
    for key, value in entries.items():
        changed = changes.get(key, value)
        if changed is not None:
            yield key, changed


def _huge() -> bytes:
    """A PNG of a few bytes whose header says that it is 32,000 pixels wide and high."""
    side = (32_000).to_bytes(4, "big")
    chunks = b"IHDR" + side + side + bytes((8, 2, 0, 0, 0)), b"IDAT" + zlib.compress(bytes(100))
    sums = ((len(chunk) - 4).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big") for chunk in chunks)
    return PNG + b"".join(sums) + PNG_END


def _drawn(word: str, rng: np.random.Generator) -> Pixels:
    """(40, W, 3): a word, dark on light or light on dark."""
    (width, _), _ = cv2.getTextSize(word, FONT, 1.0, 2)
    dark, light = rng.integers(0, 80, 3), rng.integers(170, 256, 3)
    ink, ground = (dark, light) if rng.random() < 0.5 else (light, dark)
    image = np.full((40, width + 10, 3), ground, np.uint8)
    return np.asarray(cv2.putText(image, word, (5, 30), FONT, 1.0, ink.tolist(), 2, cv2.LINE_AA))
