from __future__ import annotations

import numpy as np

from str_pipelines.imaging.boards import add_board

SCENE = np.random.default_rng(0).integers(90, 160, (120, 160, 3)).astype(np.uint8)
QUAD = np.array([(40, 30), (120, 36), (118, 80), (42, 84)], np.float64)


def test_a_board_is_of_one_colour_and_leaves_the_rest_as_it_was() -> None:
    before = SCENE.copy()
    for seed in range(12):
        pixels = add_board(SCENE, QUAD, 0.5, np.random.default_rng(seed))
        assert np.array_equal(SCENE, before) and pixels.shape == SCENE.shape
        middle = pixels[50:65, 60:100].astype(int)
        assert middle.std(axis=(0, 1)).max() < 16 < SCENE[50:65, 60:100].std()
        assert np.array_equal(pixels[:20], SCENE[:20]) and np.array_equal(pixels[100:], SCENE[100:])


def test_boards_differ_and_may_stick_out() -> None:
    colours = [add_board(SCENE, QUAD - (70, 0), 0.5, np.random.default_rng(seed))[50, 10] for seed in range(12)]
    assert len({tuple(colour // 16) for colour in colours}) > 8


def test_a_board_is_dark_where_it_is_dark() -> None:
    seeds = range(12)
    day, night = (
        np.mean([add_board(scene, QUAD, 0.5, np.random.default_rng(s))[50:65, 60:100].max(axis=2) for s in seeds])
        for scene in (np.full_like(SCENE, 200), np.full_like(SCENE, 25))
    )
    assert night < 0.6 * day
