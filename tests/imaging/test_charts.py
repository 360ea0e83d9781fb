"""Bars are as long as what they count."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from str_pipelines.imaging.charts import BAR, FILL, ROW, Panel, charts
from str_pipelines.imaging.decode import decode


@given(counts=st.lists(st.integers(0, 10**9), min_size=1, max_size=12))
def test_a_bar_is_as_long_as_its_share_of_the_longest(counts: list[int]) -> None:
    page = decode(charts([Panel("counts", [(str(number), count) for number, count in enumerate(counts)])], "title"))
    filled = (page == FILL).all(axis=2)
    for number, count in enumerate(counts):
        line = filled[60 + number * ROW : 60 + (number + 1) * ROW].any(axis=0)
        wanted = max(1, round(BAR * count / max(counts))) + 1 if count else 0
        assert np.count_nonzero(line) == wanted


def test_names_of_any_length_and_no_bars_at_all() -> None:
    panels = [Panel("none", []), Panel("long", [("x" * 500, 1), ("日本", 2)])]
    assert decode(charts(panels)).shape[1] > decode(charts(panels[:1])).shape[1]
    assert decode(charts([])).size
