"""Counted pixel by pixel in plain Python, it is the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from str_pipelines.metrics.segmentation import OPEN, Counts

PIXELS = st.lists(st.tuples(st.sampled_from([0, 1]), st.sampled_from([0, 1, OPEN])), min_size=1, max_size=40)


@given(st.lists(PIXELS, min_size=1, max_size=4))
def test_figures_are_those_of_a_plain_count(several: list[list[tuple[int, int]]]) -> None:
    counts, ious = Counts(), []
    for pixels in several:
        found, marked = (np.array([list(each)], np.uint8) for each in zip(*pixels, strict=True))
        known = [(bool(f), m == 1) for f, m in pixels if m != OPEN]
        true = sum(f and m for f, m in known)
        either = sum(f or m for f, m in known)
        assert counts.add(found, marked) == pytest.approx(true / either if either else 1.0)
        ious += [true / either] if either else []
    known = [(bool(f), m == 1) for pixels in several for f, m in pixels if m != OPEN]
    true, said, there = sum(f and m for f, m in known), sum(f for f, _ in known), sum(m for _, m in known)
    precision, recall = true / max(said, 1), true / max(there, 1)
    wanted = {
        "iou": true / max(said + there - true, 1),
        "iou_a_picture": sum(ious) / max(len(ious), 1),
        "f_score": 2 * precision * recall / (precision + recall) if true else 0.0,
        "precision": precision,
        "recall": recall,
    }
    assert counts.figures() == pytest.approx(wanted)


def test_masks_of_two_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="of one shape"):
        Counts().add(np.zeros((2, 3), np.uint8), np.zeros((3, 2), np.uint8))
