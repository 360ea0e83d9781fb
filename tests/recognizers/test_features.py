"""Features of a set of words: a row a word, found done the second time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from str_pipelines.execution import Execution
from str_pipelines.imaging.decode import decode
from str_pipelines.recognizers.features import word_features
from str_pipelines.recognizers.trained import TrainedReader
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.tables import rows_of

from .pictures import stored
from .test_trained import checkpoint


def test_a_row_a_word(tmp_path: Path) -> None:
    words, reader = stored(tmp_path / "words"), checkpoint(tmp_path / "reader")
    here = Execution(workers=1, work=tmp_path / "work")
    table = word_features(words, reader, here, "see")
    seen = TrainedReader.load(reader).features([decode(word.image) for word in words])
    assert table.rows == len(words)
    np.testing.assert_allclose([row["features"] for row in rows_of(table)], seen, rtol=1e-5)
    assert word_features(words, reader, here, "see").digest == table.digest


def test_no_word_no_row(tmp_path: Path) -> None:
    words, here = stored(tmp_path / "none", ()), Execution(workers=1, work=tmp_path / "work")
    assert word_features(words, checkpoint(tmp_path / "reader"), here, "see").rows == 0


def test_the_judge_shows_nothing(tmp_path: Path) -> None:
    here = Execution(workers=1, work=tmp_path / "work")
    with pytest.raises(ValueError, match="rapidocr"):
        word_features(stored(tmp_path / "words"), Checkpoint.at("rapidocr"), here, "see")
