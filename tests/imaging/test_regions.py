"""Connected parts of a mask, numbered from the left."""

from __future__ import annotations

import numpy as np

from str_pipelines.imaging.regions import character_regions


def bars(*lefts: int, width: int = 4) -> np.ndarray:
    mask = np.zeros((32, 128), np.uint8)
    for left in lefts:
        mask[4:28, left : left + width] = 1
    return mask


def test_parts_are_numbered_from_left_to_right_whichever_begins_higher() -> None:
    mask = bars(10, 50)
    mask[10:30, 90:94] = 1
    mask[1:4, 51:53] = 1  # the second begins highest
    regions = character_regions(mask)
    assert [int(regions[20, x]) for x in (11, 51, 91)] == [1, 2, 3]
    assert regions.dtype == np.uint8 and int(regions.max()) == 3


def test_small_parts_are_ground_and_corners_join() -> None:
    mask = bars(10)
    mask[0:3, 60:63] = 1  # nine pixels
    mask[28, 14] = 1  # touches the bar at a corner
    regions = character_regions(mask)
    assert not regions[:, 60:63].any() and regions[28, 14] == 1
    assert character_regions(mask, least=9).max() == 2


def test_the_rightmost_of_too_many_fall_away() -> None:
    regions = character_regions(bars(*range(0, 128, 4), width=2), most=26)
    assert int(regions.max()) == 26
    assert regions[10, 25 * 4] == 26 and not regions[:, 26 * 4 :].any()


def test_nothing_has_no_parts() -> None:
    assert not character_regions(np.zeros((5, 9), np.uint8)).any()
