from __future__ import annotations

import logging
from pathlib import Path

import pytest

from str_pipelines.execution import Execution
from str_pipelines.metrics.benchmark_sets import list_sets
from str_pipelines.records import Rejection
from str_pipelines.storage.tables import rows_of
from str_pipelines.storage.words import WordLmdb
from tests.making import made_words


@pytest.fixture
def here(tmp_path: Path) -> Execution:
    return Execution(backend="serial", workers=1, work=tmp_path / "work")


@pytest.fixture
def found(tmp_path: Path) -> dict[str, WordLmdb]:
    return {"mine": made_words(tmp_path / "mine", range(3)), "none": made_words(tmp_path / "none", ())}


def test_sets_and_what_is_left_out(
    found: dict[str, WordLmdb], here: Execution, caplog: pytest.LogCaptureFixture
) -> None:
    broken = [Rejection("/sets/broken", "broken", "set_unreadable", "no manifest")]
    with caplog.at_level(logging.WARNING):
        sets, left_out = list_sets(found, broken, ["mine", "SVT"], here, "find")
    words = found["mine"]
    assert rows_of(sets) == [{"set": "mine", "path": str(words.path), "words": 3, "digest": words.digest}]
    assert rows_of(left_out) == [
        {"set": "SVT", "why": "no folder is called so"},
        {"set": "none", "why": "it has no words"},
        {"set": "broken", "why": "no manifest"},
    ]
    assert "broken is not scored: no manifest" in caplog.text


def test_none_at_all_says_what_to_do(found: dict[str, WordLmdb], here: Execution) -> None:
    with pytest.raises(ValueError, match=r"(?s)none of the sets SVT_647 can.*no folder.*--params=benchmarks=FOLDER"):
        list_sets(found, [], ["SVT_647"], here, "find")
    with pytest.raises(ValueError, match="below this folder"):
        list_sets({}, [], [], here, "find")
