"""TextZoom's pairs come through with their part; what cannot be used costs no other pair."""

from __future__ import annotations

from pathlib import Path

import pytest

from str_pipelines.execution import Execution
from str_pipelines.imaging.decode import decode
from str_pipelines.sources.demo_planes import make_textzoom
from str_pipelines.sources.pairs import card, ingest
from str_pipelines.sources.plane_config import ReadPairsParams
from str_pipelines.storage.environments import fetch
from str_pipelines.storage.manifests import version_of
from str_pipelines.storage.pairs import PairLmdb, low_key
from str_pipelines.storage.verify import verify


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_textzoom(tmp_path / "TextZoom")


def params(root: Path, **options: object) -> ReadPairsParams:
    return ReadPairsParams.model_validate({"source": {"kind": "textzoom", "root": root}, **options})


def test_every_pair_is_taken_or_says_why_not(root: Path, here: Execution) -> None:
    pairs = ingest(params(root), here)
    assert {rejection.record: rejection.reason for rejection in pairs.rejections()} == {
        "000000002": "image_truncated",
        "000000003": "picture_missing",
        "000000004": "image_too_large",
        "000000005": "too_small",
        "000000006": "label_not_text",
    }
    found = {pair.id: pair for pair in pairs}
    assert len(found) == 13 and {pair.facts["part"] for pair in found.values()} == {
        "train1", "train2", "easy", "medium", "hard",
    }  # fmt: skip
    first, folder = found["test/easy/000000001"], root / "test/easy"
    assert [first.low] == fetch(folder, version_of(folder), [low_key(1)]) and first.label == "basil"
    assert decode(first.low).shape[1::-1] == first.low_size and decode(first.high).shape[1::-1] == first.high_size
    assert found["train1/000000007"].label == ""


def test_shards_do_not_show_and_every_byte_is_as_it_was_written(root: Path, here: Execution) -> None:
    whole, parts = ingest(params(root), here), ingest(params(root, shard_size=3), here)
    assert whole.digest == parts.digest and not list(verify(parts))
    assert [parts.images(index) for index in range(len(parts))] == [(pair.low, pair.high) for pair in whole]


def test_the_card_counts_parts_and_reasons(root: Path, here: Execution) -> None:
    report = card(ingest(params(root), here))
    assert report.metrics["pairs"] == {"train1": 4, "train2": 3, "easy": 2, "medium": 2, "hard": 2}
    assert report.metrics["rejected"]["picture_missing"] == 1 and len(report.tables["rejections"]) == 5
    assert len(report.sheets["pairs"]) > 5_000


def test_no_lmdb_and_a_damaged_one_are_named(root: Path, here: Execution, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"read\.source\.root says where"):
        ingest(params(tmp_path / "nowhere"), here)
    file = root / "train2/data.mdb"
    file.write_bytes(file.read_bytes()[:5000])
    with pytest.raises(ValueError, match="train2"):
        ingest(params(root), here)


def test_drawn_pairs_are_the_same_every_time(here: Execution, tmp_path: Path) -> None:
    drawn = ReadPairsParams.model_validate({"source": {"kind": "demo", "count": 20}, "shard_size": 7})
    pairs = ingest(drawn, here)
    elsewhere = Execution(backend="serial", workers=1, work=tmp_path / "elsewhere")
    assert ingest(drawn.model_copy(update={"shard_size": 20}), elsewhere).digest == pairs.digest
    assert all(pair.low_size[1] == 16 for pair in pairs) and isinstance(pairs, PairLmdb)
