from __future__ import annotations

import json
from pathlib import Path

import pytest
from kedro.io import DatasetError

from str_pipelines.datasets.raw import RawScenesDataset, RawWordsDataset
from str_pipelines.sources.config import DemoSource
from str_pipelines.sources.raw import RawScenes, RawWords
from str_pipelines.sources.word_config import TsvSource


def test_a_set_is_looked_at_and_shown() -> None:
    dataset = RawScenesDataset({"kind": "demo"})
    assert dataset.exists() and dataset.load() == RawScenes.at(DemoSource(kind="demo"))
    shown = json.loads(dataset.preview())
    assert shown == {"kind": "demo", "photographs": 5, "digest": dataset.load().digest}


def test_a_set_that_is_not_there_says_where_it_is_looked_for(tmp_path: Path) -> None:
    dataset = RawScenesDataset({"kind": "folder", "root": str(tmp_path / "nowhere")})
    assert not dataset.exists()
    with pytest.raises(DatasetError, match=r"nowhere: no such folder; ingest\.scenes\.read\.source\.root"):
        dataset.load()


def test_a_kind_that_nobody_knows_is_refused() -> None:
    with pytest.raises(DatasetError, match="'foldr' .* does not match any of the expected tags"):
        RawScenesDataset({"kind": "foldr"}).load()


def test_no_step_makes_it() -> None:
    dataset = RawScenesDataset({"kind": "demo"})
    with pytest.raises(DatasetError, match="no step makes it"):
        dataset.save(dataset.load())


def test_labelled_words_are_looked_at_and_shown(tmp_path: Path) -> None:
    dataset = RawWordsDataset({"kind": "tsv", "root": str(tmp_path)})
    assert not dataset.exists()
    with pytest.raises(DatasetError, match=r"labels\.tsv is missing; ingest\.words\.read\.source\.root"):
        dataset.load()
    (tmp_path / "labels.tsv").write_text("a.png\tone\n")
    raw = dataset.load()
    assert dataset.exists() and raw == RawWords.at(TsvSource(kind="tsv", root=tmp_path))
    assert json.loads(dataset.preview()) == {
        "kind": "tsv", "root": str(tmp_path), "listing": "labels.tsv", "separator": "tab", "licence": "",
        "digest": raw.digest,
    }  # fmt: skip
    with pytest.raises(DatasetError, match="no step makes it"):
        dataset.save(raw)


def test_word_lmdbs_are_looked_at_too(tmp_path: Path) -> None:
    dataset = RawWordsDataset({"kind": "lmdb", "root": str(tmp_path)})
    assert not dataset.exists()
    (tmp_path / "data.mdb").write_bytes(b"")
    assert dataset.exists()
