from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from str_pipelines.sources.config import BenchmarkSource, DemoSource, ScenesParams


def test_a_source_is_typed_by_its_kind() -> None:
    assert ScenesParams.model_validate({"source": {"kind": "demo"}}).source == DemoSource(kind="demo")
    read = ScenesParams.model_validate({"source": {"kind": "benchmark", "root": "x", "sets": "ic13 ic15"}})
    assert read.source == BenchmarkSource(kind="benchmark", root=Path("x"), sets=("ic13", "ic15"))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ({"kind": "benchmrk"}, "'benchmrk' .* does not match any of the expected tags: 'demo', 'benchmark', 'folder'"),
        ({}, "'kind'"),
        ({"kind": "benchmark", "set": "ic13"}, "there is no 'set'; did you mean 'sets'?"),
        ({"kind": "demo", "root": "x"}, "there is no 'root'"),
        ({"kind": "benchmark", "sets": 13}, "source.benchmark.sets"),
    ],
)
def test_what_nobody_knows_is_refused(source: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        ScenesParams.model_validate({"source": source})


@pytest.mark.parametrize("values", [{"limit": 0}, {"shard_size": 0}, {"limits": 3}])
def test_numbers_have_limits(values: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        ScenesParams.model_validate({"source": {"kind": "demo"}, **values})


def test_a_worker_takes_fewer_photographs_where_a_network_looks_at_each() -> None:
    sizes = {
        kind: ScenesParams.model_validate({"source": {"kind": kind}}).shard for kind in ("folder", "anyword", "lmdb")
    }
    assert sizes == {"folder": 8, "anyword": 64, "lmdb": 64}
    assert ScenesParams.model_validate({"source": {"kind": "folder"}, "shard_size": 3}).shard == 3


@pytest.mark.parametrize("score", [-0.1, 1.1, float("nan"), "high"])
def test_a_watermark_score_is_a_share(score: object) -> None:
    with pytest.raises(ValidationError, match="max_wm_score"):
        ScenesParams.model_validate({"source": {"kind": "anyword", "max_wm_score": score}})
