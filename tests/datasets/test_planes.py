"""Catalog entries of words with masks and of pairs: chosen by a block of parameters, shown as they are."""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path

import pytest
from kedro.io import DatasetError

from str_pipelines.datasets.planes import PairLmdbDataset, RawMaskedDataset, RawPairsDataset
from str_pipelines.execution import Execution
from str_pipelines.sources.demo_planes import make_textseg, make_textzoom
from str_pipelines.sources.pairs import ingest
from str_pipelines.sources.plane_config import ReadPairsParams


def test_a_raw_set_says_where_it_lies_and_whether_it_is_there(tmp_path: Path) -> None:
    for dataset, kind, make in (
        (RawMaskedDataset, "textseg", make_textseg),
        (RawPairsDataset, "textzoom", make_textzoom),
    ):
        entry = dataset({"kind": kind, "root": tmp_path / kind})
        assert not entry.exists()
        make(tmp_path / kind)
        raw = entry.load()
        assert entry.exists() and raw.path == str(tmp_path / kind)
        assert json.loads(entry.preview())["digest"] == raw.digest != dataset({"kind": "demo"}).load().digest
        with pytest.raises(DatasetError, match="chosen by a parameter"):
            entry.save(raw)


def test_pairs_are_kept_and_shown(tmp_path: Path) -> None:
    here = Execution(backend="serial", workers=1, work=tmp_path / "work")
    params = ReadPairsParams.model_validate({"source": {"kind": "textzoom", "root": make_textzoom(tmp_path / "raw")}})
    made, entry = ingest(params, here), PairLmdbDataset(str(tmp_path / "pairs"))
    entry.save(made)
    assert entry.load().digest == made.digest and b64decode(entry.preview()).startswith(b"\x89PNG")
