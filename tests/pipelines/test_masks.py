"""Masks of the words that are there, from the command line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from str_pipelines.storage.masks import MaskLmdb
from str_pipelines.storage.verify import verify
from str_pipelines.storage.words import WordLmdb

from .running import kedro


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data with blank ä")
    kedro(folder, "--pipeline=ingest", "--namespaces=ingest.words")
    kedro(folder, "--pipeline=masks")
    return folder


def test_every_word_has_its_mask(data: Path) -> None:
    masks, words = MaskLmdb.at(data / "04_feature/masks"), WordLmdb.at(data / "05_model_input/words")
    masks.require(words)
    assert len(masks) == len(words) >= 64 and not list(verify(masks))
    figures = json.loads((data / "08_reporting/masks_card/metrics.json").read_bytes())["masks"]
    assert figures["failed"] == 0 and 0.1 < figures["ink_p50"] < 0.4
    assert (data / "08_reporting/masks_card/masks.png").stat().st_size > 5_000


def test_the_same_command_again_finds_its_work_done(data: Path) -> None:
    assert re.search(r"masks\.make: .*done", kedro(data, "--pipeline=masks"))


def test_without_words_the_command_that_makes_them_is_named(tmp_path: Path) -> None:
    said = kedro(tmp_path, "--pipeline=masks", succeeds=False)
    assert re.search(r"words: kedro run --pipeline=\w+ --namespaces=ingest\.words", said)


def test_another_masker_by_its_name(data: Path) -> None:
    kedro(data, "--pipeline=masks", "--params=masker=constant")
    assert MaskLmdb.at(data / "04_feature/masks").full == 255
    said = kedro(data, "--pipeline=masks", "--params=masker=kmean", succeeds=False)
    assert "did you mean 'kmeans'?" in said


def test_any_lmdb_of_words_is_masked_as_it_lies(data: Path, tmp_path: Path) -> None:
    """Somebody else's, without a manifest: keys agree, and nothing is written beside it, but where it was asked for."""
    [source] = WordLmdb.at(data / "05_model_input/words").folders()
    theirs = tmp_path / "their words"
    theirs.mkdir()
    (theirs / "data.mdb").write_bytes((source / "data.mdb").read_bytes())
    (tmp_path / "Mask").mkdir()
    kedro(data, "--pipeline=masks", f"--params=words={theirs},masks.to={tmp_path / 'mask/their words'}")
    masks = MaskLmdb.at(tmp_path / "Mask/their words")
    masks.require(WordLmdb.at(theirs))
    assert masks.id_of(6) == "000000007" and [file.name for file in theirs.iterdir()] == ["data.mdb"]
