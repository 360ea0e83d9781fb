"""Batches of pictures of one size."""

from __future__ import annotations

from str_pipelines.imaging.sizes import batches_alike


def test_batches_hold_one_size_each() -> None:
    assert batches_alike([32, 64, 32, 32, 64], 2) == [[0, 2], [3], [1, 4]]
    assert batches_alike([], 2) == []
