"""From words to a reader: the report before, the folder after, what is found done, what is told of bad parameters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from str_pipelines.execution import Execution
from str_pipelines.recognizers.stage import RecognizerStage
from str_pipelines.recognizers.train import card, charset_report, train
from str_pipelines.recognizers.training_config import RecognizerConfig, RecognizerParams
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.words import WordLmdb
from str_pipelines.training.config import Hardware
from str_pipelines.zoo import load_reader
from tests.recognizers.pictures import picture, stored

HERE = Hardware(device="cpu", precision="fp32", threads=1)
TINY = {"options": {"channels": [4, 4, 8], "blocks": [0, 0, 0], "width": 8, "layers": 1, "heads": 2}}
LABELS = [f"{word}{number}" for number in range(8) for word in ("Café", "two", "Third")]


@pytest.fixture
def here(tmp_path: Path) -> Execution:
    return Execution(backend="serial", workers=1, work=tmp_path / "work")


@pytest.fixture
def words(tmp_path: Path) -> WordLmdb:
    return stored(tmp_path / "words", LABELS)


def params(**blocks: Any) -> RecognizerParams:
    steps = {"steps": 4, "batch_size": 4, "validate_every": 2}
    return RecognizerParams.model_validate({"network": TINY, "train": steps, **blocks})


@pytest.mark.parametrize("name", ["ctc", "nrtr"])
def test_words_become_a_reader(words: WordLmdb, here: Execution, name: str) -> None:
    made = train(words, params(network={"name": name, **TINY}), HERE, here)
    [(text, confidence)] = load_reader(made).read([picture(0, (60, 20))])
    assert isinstance(text, str)
    assert 0 <= confidence <= 1
    assert {file.name for file in made.path.iterdir()} >= {
        "config.json",
        "model.safetensors",
        "metrics.json",
        "README.md",
    }
    assert json.loads((made.path / "metrics.json").read_text())["step"] in (2, 4)
    report = card(made)
    assert words.digest in report.text
    assert set(report.metrics["validation"]) == {"words", "all", "strict", "ned"}


def test_done_is_found_done(words: WordLmdb, here: Execution) -> None:
    made = train(words, params(), HERE, here)
    written = (made.path / "model.safetensors").stat().st_mtime_ns
    again = train(words, params(), Hardware(device="cpu", precision="fp32", threads=1, log_every=1), here)
    assert again == made
    assert (made.path / "model.safetensors").stat().st_mtime_ns == written
    other = train(words, params(train={"steps": 4, "batch_size": 4, "validate_every": 2, "seed": 1}), HERE, here)
    assert other.digest != made.digest


def test_a_reader_is_a_start_for_another_alphabet(words: WordLmdb, here: Execution, tmp_path: Path) -> None:
    made = train(words, params(), HERE, here)
    charset = tmp_path / "accents.txt"
    charset.write_text("\n".join(dict.fromkeys("".join(LABELS))) + "\n")
    block = {"charset": str(charset)}
    finer = train(words, params(network={**TINY, "start": str(made.path)}, words=block), HERE, here)
    assert "é" in Checkpoint.at(finer.path).config()["options"]["characters"]


def test_the_report_says_what_the_charset_lacks(words: WordLmdb) -> None:
    """`raw` keeps labels as they are; PARSeq's rule, the usual one of charset 94, writes e for é."""
    report = charset_report(words, params(words={"charset": "94", "normaliser": "raw"}))
    assert report.metrics["kept"] == {"words": 16.0}
    assert report.tables["lacking"] == [{"set": "words", "character": "é", "code": "U+00E9", "count": 8}]
    assert "8 label_outside_charset" in report.text
    assert charset_report(words, params()).metrics["kept"] == {"words": 24.0}


def test_held_words_are_not_trained_on(words: WordLmdb) -> None:
    stage = RecognizerStage(RecognizerConfig(train={"words": words.path}, validation={"share": 0.25}))
    [trained], [held] = stage.words.sets, stage.held.sets
    assert sorted([*trained.places, *held.places]) == list(range(24))  # type: ignore[attr-defined]
    assert len(held) == 6


def test_a_validation_set_without_a_word_is_left_out(words: WordLmdb, tmp_path: Path) -> None:
    stored(tmp_path / "none", ())
    sets = {"sets": (str(tmp_path / "none"), str(words.path))}
    held = RecognizerStage(RecognizerConfig(train={"words": words.path}, validation=sets)).held
    assert [len(each) for each in held.sets] == [24]
    with pytest.raises(ValueError, match="no word is left to validate on"):
        RecognizerStage(RecognizerConfig(train={"words": words.path}, validation={"sets": (str(tmp_path / "none"),)}))


def test_bad_parameters_are_told_before_anything_starts(words: WordLmdb, here: Execution) -> None:
    with pytest.raises(ValueError, match="did you mean 'ctc'"):
        train(words, params(network={"name": "crnn"}), HERE, here)
    with pytest.raises(ValueError, match="no charset and no file"):
        train(words, params(words={"charset": "95"}), HERE, here)
    with pytest.raises(FileNotFoundError, match="no word LMDB lies there"):
        train(words, params(words={"more": "nowhere"}), HERE, here)
