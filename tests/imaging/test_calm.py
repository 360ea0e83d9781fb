from __future__ import annotations

import numpy as np
import pytest

from str_pipelines.imaging.calm import calmest


@pytest.mark.parametrize("quiet", [0, 1, 2])
def test_the_place_without_edges_is_chosen(quiet: int) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (96, 288, 3)).astype(np.uint8)
    picture[:, 96 * quiet : 96 * (quiet + 1)] = 120
    places = [np.array([(96 * i + 20, 20), (96 * i + 76, 20), (96 * i + 76, 60)], np.float64) for i in range(3)]
    assert calmest(picture, places) == quiet


def test_points_on_the_border_are_inside() -> None:
    picture = np.zeros((50, 50, 3), np.uint8)
    assert calmest(picture, [np.array([(50, 50), (50, 50)], np.float64), np.zeros((2, 2))]) == 0
