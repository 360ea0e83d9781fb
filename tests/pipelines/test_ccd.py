"""All stages of CCD from the command line, in seconds; what they leave reads."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.words import WordLmdb
from str_pipelines.zoo import load_reader

from .running import kedro


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data with blank ä")
    kedro(folder, "--pipeline=ccd")
    return folder


def test_five_stages_leave_an_encoder_two_readers_a_masker_and_a_restorer(data: Path) -> None:
    names = ("pretrain", "finetune_std", "finetune_ard", "segment", "restore")
    kinds = [json.loads((data / f"06_models/ccd_{name}/config.json").read_bytes())["kind"] for name in names]
    assert kinds == ["encoder", "reader", "reader", "masker", "restorer"]
    assert (data / "08_reporting/ccd_pretrain_card/pretrain_validation.png").stat().st_size > 5_000
    figures = json.loads((data / "08_reporting/ccd_finetune_ard_card/metrics.json").read_bytes())
    assert "word_accuracy_all" in figures["finetune_ard"]
    figures = json.loads((data / "08_reporting/ccd_restore_card/metrics.json").read_bytes())
    assert set(figures["restore_psnr"]) == {"easy", "medium", "hard", "all"}
    sheets = sorted(each.name for each in (data / "08_reporting/ccd_look").glob("*.png"))
    assert sheets == ["ccd_look_0.png", "ccd_look_1.png"]  # 30 words, 24 on the first
    word = WordLmdb.at(data / "05_model_input/words")[0]
    from str_pipelines.imaging.decode import decode

    [(text, _)] = load_reader(Checkpoint.at(data / "06_models/ccd_finetune_std")).read([decode(word.image)])
    assert isinstance(text, str)


def test_what_is_done_is_found_done_and_another_portion_is_not(data: Path) -> None:
    said = kedro(data, "--pipeline=ccd", "--namespaces=ccd.finetune_ard")
    assert re.search(r"ccd\.finetune_ard: found done", said)
    before = Checkpoint.at(data / "06_models/ccd_finetune_ard").digest
    kedro(data, "--pipeline=ccd", "--namespaces=ccd.finetune_ard", "--params=ccd.finetune_ard.train.portion=0.5")
    assert Checkpoint.at(data / "06_models/ccd_finetune_ard").digest != before
