from __future__ import annotations

import numpy as np

from str_pipelines.execution import Execution
from str_pipelines.imaging.decode import decode
from str_pipelines.records import Table
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.synthesis.real import real_words

from .conftest import photograph


def test_each_place_once_with_what_stands_there(jobs: Table, scenes: SceneLmdb, here: Execution) -> None:
    """The fourth place has no text, so no real word."""
    words = real_words(jobs, scenes, here, "real")
    assert [(word.id, word.label) for word in words] == [
        (f"{source}/a.png#{number}", text)
        for source in ("street", "shop")
        for number, text in enumerate(("OPEN", "Sale", "bar"))
    ]
    np.testing.assert_array_equal(decode(words[0].image), photograph(0)[20:44, 20:100])
    rows = list(words.rows())
    assert rows[0]["quad"] == [20, 20, 100, 20, 100, 44, 20, 44]
    assert {row["kind"] for row in rows} == {"real"}
    assert (rows[2]["width"], rows[2]["height"]) == (60, 24)
