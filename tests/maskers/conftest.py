"""A few drawn words, some of which no mask can be made of."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from str_pipelines.execution import Execution
from str_pipelines.imaging.decode import encode_jpeg, encode_png
from str_pipelines.records import Word
from str_pipelines.storage.words import WordLmdb, WordWriter

JPEG = encode_jpeg(np.random.default_rng(0).integers(0, 256, (20, 60, 3), np.uint8), 90)


def picture(number: int) -> bytes:
    """Dark on light, or light on dark where the number is odd."""
    page = np.full((32, 96, 3), 225, np.uint8)
    cv2.putText(page, f"No {number}", (4, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (30, 20, 10), 2)
    return encode_png(255 - page if number % 2 else page)


def word(number: int) -> Word:
    return Word(f"set/{number}", picture(number), f"No {number}", (96, 32), "made")


BAD = (
    Word("flat", encode_png(np.full((9, 20, 3), 77, np.uint8)), "flat", (20, 9), "made"),
    Word("cut", JPEG[: len(JPEG) // 2], "cut", (60, 20), "made"),
    Word("page", b"<html>404</html>", "page", (0, 0), "made"),
)


@pytest.fixture
def words(tmp_path: Path) -> WordLmdb:
    """Twenty good ones, the bad ones among them."""
    with WordWriter(tmp_path / "words") as writer:
        for number in range(20):
            writer.add(word(number))
            if number % 7 == 0:
                writer.add(BAD[number // 7])
        writer.finish()
    return WordLmdb.at(tmp_path / "words")


@pytest.fixture
def here(tmp_path: Path) -> Execution:
    return Execution(backend="serial", workers=1, work=tmp_path / "work")
