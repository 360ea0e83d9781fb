"""What the card says of masks is so."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from str_pipelines.execution import Execution
from str_pipelines.maskers.card import card
from str_pipelines.maskers.kmeans import KMeans
from str_pipelines.maskers.params import MaskParams
from str_pipelines.maskers.step import mask_words
from str_pipelines.storage.words import WordLmdb
from tests.making import made_words


def test_counts_shares_reasons_and_sheets(words: WordLmdb, here: Execution) -> None:
    masks = mask_words(words, KMeans(), MaskParams(shard_size=6), here)
    report = card(masks, words)
    figures = report.metrics["masks"]
    assert (figures["count"], figures["failed"]) == (23, 3)
    inks = sorted(mask.facts["ink"] for mask in masks if not mask.facts["failed"])
    assert inks[0] <= figures["ink_p5"] <= figures["ink_p50"] <= figures["ink_p95"] <= inks[-1]
    assert 0.6 <= figures["parts_per_character"] <= 1.4  # "No 7" has three, and No 10 four
    assert report.metrics["failed"] == {"one_grey_level": 1, "image_truncated": 1, "image_unreadable": 1}
    assert [row["record"] for row in report.tables["failures"]] == ["flat", "cut", "page"]
    assert "| image_truncated | 1 |" in report.text and masks.digest in report.text
    assert report.sheets.keys() == {"masks", "doubtful"}
    for png in report.sheets.values():
        assert Image.open(BytesIO(png)).width > 800


def test_masks_of_other_words_are_refused(words: WordLmdb, here: Execution, tmp_path: Path) -> None:
    masks = mask_words(words, KMeans(), MaskParams(), here)
    with pytest.raises(ValueError, match="has 23 masks, .* 3 words"):
        card(masks, made_words(tmp_path / "others", range(3)))


def test_a_card_of_failures_alone(tmp_path: Path, here: Execution) -> None:
    words = made_words(tmp_path / "noise", range(4))  # of random bytes
    report = card(mask_words(words, KMeans(), MaskParams(), here), words)
    assert report.metrics["masks"]["failed"] == 4 and report.metrics["masks"]["parts_per_character"] == 0


def test_a_card_of_nothing(tmp_path: Path, here: Execution) -> None:
    words = made_words(tmp_path / "empty", [])
    assert card(mask_words(words, KMeans(), MaskParams(), here), words).metrics["masks"]["count"] == 0
