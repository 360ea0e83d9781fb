"""What of a square is learned from."""

from __future__ import annotations

import torch

from str_pipelines.systems.textssr.batches import pieces_with_text


def test_a_window_holds_a_part_of_the_word() -> None:
    torch.manual_seed(0)
    places = torch.arange(32 * 32.0).view(1, 1, 32, 32).expand(40, 3, -1, -1)
    keep = torch.ones(40, 1, 32, 32)
    keep[:20, :, 0:3, 2:30] = 0  # flat, at the border
    keep[20:, :, 10, 10] = 0
    found, kept = pieces_with_text(places, keep, 8)
    assert found.shape == (40, 3, 8, 8) and kept.shape == (40, 1, 8, 8)
    assert bool((kept.amin((1, 2, 3)) == 0).all())
    corners = found[:, 0, 0, 0]
    assert torch.equal(found[:, 0], corners[:, None, None] + places[0, 0, :8, :8])  # one piece, nothing shifted
    assert len(set(corners[:20].tolist())) > 5 and set(corners[20:].tolist()) == {6 * 32 + 6}


def test_a_window_as_large_as_the_square_is_the_square() -> None:
    pictures, keep = torch.rand(2, 3, 16, 16), torch.zeros(2, 1, 16, 16)
    for side in (0, 16, 64):
        assert pieces_with_text(pictures, keep, side)[0] is pictures
