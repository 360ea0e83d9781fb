"""Pictures of the same size make a batch."""

from __future__ import annotations

from collections.abc import Hashable, Sequence


def batches_alike(sizes: Sequence[Hashable], most: int) -> list[list[int]]:
    """Places in batches of one size each, at most `most` in one, in the order in which sizes and places come."""
    groups: dict[Hashable, list[int]] = {}
    for place, size in enumerate(sizes):
        groups.setdefault(size, []).append(place)
    return [group[start : start + most] for group in groups.values() for start in range(0, len(group), most)]
