from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from str_pipelines.execution import Execution
from str_pipelines.imaging.decode import decode, encode_png
from str_pipelines.records import Instance, Scene
from str_pipelines.storage.scenes import SceneLmdb, SceneWriter
from str_pipelines.storage.verify import verify
from str_pipelines.synthesis.config import WindowParams
from str_pipelines.synthesis.windows import cut, cut_windows, window_around

from .conftest import QUADS, photograph


def params(**changes: object) -> WindowParams:
    return WindowParams.model_validate({"anchors": {"min_height": 8, "min_length": 12}, "shard_size": 3, **changes})


def test_a_window_a_usable_word_and_a_reason_for_every_other(scenes: SceneLmdb, here: Execution) -> None:
    windows = cut_windows(scenes, params(), here, "toy.windows")
    assert [window.id for window in windows] == [f"{s}/a.png#{i}" for s in ("street", "shop") for i in range(3)]
    assert windows.manifest.rejected == {"text_blank": 2} and not list(verify(windows))
    assert [window.instances[0].text for window in windows][:3] == ["OPEN", "Sale", "bar"]
    assert windows[0].source == "street"
    strict = cut_windows(scenes, params(anchors={"min_height": 25}), here, "toy.windows")
    assert strict.manifest.rejected["too_low"] == 4 and len(strict) + sum(strict.manifest.rejected.values()) == 8


def test_shards_and_workers_do_not_show(scenes: SceneLmdb, tmp_path: Path) -> None:
    digests = {
        cut_windows(scenes, params(shard_size=size), Execution(workers=n, work=tmp_path / f"{n}"), "toy.windows").digest
        for size, n in ((3, 1), (2, 2))
    }
    assert len(digests) == 1


def test_pixels_and_polygons_are_those_of_the_photograph(scenes: SceneLmdb, here: Execution) -> None:
    window = cut_windows(scenes, params(context=0.25), here, "toy.windows")[0]
    shown, source = decode(window.image).astype(int), photograph(0).astype(int)
    assert shown.shape == (92, 120, 3)  # the square begins 28 pixels above the photograph, and is cut off there
    assert np.abs(shown - source[:92, :120]).mean() < 12  # JPEG
    assert window.instances[0].polygon == QUADS[0]
    assert len(window.instances) == 1


def test_neighbours_come_along_wholly_or_not_at_all(scenes: SceneLmdb, here: Execution) -> None:
    windows = cut_windows(scenes, params(context=3), here, "toy.windows")
    assert [i.text for i in windows[1].instances] == ["Sale", "OPEN", "bar"]  # the fourth place sticks out
    far = cut_windows(scenes, params(context=0.5), here, "toy.windows")[1]
    assert [i.text for i in far.instances] == ["Sale"]


def test_long_words_are_scaled_down_and_none_up(scenes: SceneLmdb, here: Execution) -> None:
    small, same = (cut_windows(scenes, params(longest=n), here, "toy.windows")[0] for n in (40, 400))
    (height, width), (full_height, full_width) = decode(small.image).shape[:2], decode(same.image).shape[:2]
    assert np.ptp(np.array(small.instances[0].polygon), axis=0) == pytest.approx((40, 12), abs=0.2)
    assert np.ptp(np.array(same.instances[0].polygon), axis=0) == pytest.approx((80, 24))
    assert (height, width) == (round(full_height / 2), round(full_width / 2))


@given(st.integers(0, 10**6), st.floats(0, 2), st.integers(16, 120))
def test_a_spot_stays_where_the_polygon_says(seed: int, context: float, longest: int) -> None:
    rng = np.random.default_rng(seed)
    height, width = rng.integers(60, 300, 2).tolist()
    low = rng.uniform(0, (width - 24, height - 24))
    high = np.minimum(low + rng.uniform(20, 200, 2), (width, height))
    polygon = np.array([low, (high[0], low[1]), high, (low[0], high[1])])
    window = window_around(polygon, (height, width), context, longest)
    assert 0 <= window.rows.start < window.rows.stop <= height and 0 <= window.columns.start < window.columns.stop
    assert window.columns.stop <= width and (window.factors <= 1).all()
    picture = np.zeros((height, width, 3), np.uint8)
    y, x = np.mgrid[:height, :width] + 0.5
    picture[(x > low[0]) & (x < high[0]) & (y > low[1]) & (y < high[1])] = 255
    moved, shown = window.points(polygon), cut(picture, window)
    assert shown.shape[:2] == window.size[::-1]
    assert moved.min() >= -1e-6 and (moved.max(axis=0) <= np.array(window.size) + 1e-6).all()
    assert np.ptp(moved, axis=0).max() <= longest * 1.1 + 1
    found = cv2.boundingRect((shown[..., 0] > 127).astype(np.uint8))
    expected = (*moved.min(axis=0), *np.ptp(moved, axis=0))
    assert found == pytest.approx(expected, abs=1.6)


def test_the_surroundings_are_square_where_there_is_room() -> None:
    polygon = np.array([(400, 300), (500, 300), (500, 320), (400, 320)], np.float64)
    window = window_around(polygon, (1000, 1000), 1.0, 256)
    assert (window.columns, window.rows) == (slice(300, 600), slice(160, 460)) and window.size == (300, 300)
    assert window_around(polygon, (1000, 1000), 1.0, 50).size == (150, 150)


def test_an_id_that_is_too_long_is_a_rejection(tmp_path: Path, here: Execution) -> None:
    with SceneWriter(tmp_path / "long") as writer:
        instance = Instance(tuple((float(x), float(y)) for x, y in QUADS[0]), "OPEN")
        writer.add(Scene("s" * 499, encode_png(photograph(0)), (instance,), "street"))
        writer.finish()
    windows = cut_windows(SceneLmdb.at(tmp_path / "long"), params(), here, "toy.windows")
    assert len(windows) == 0 and windows.manifest.rejected == {"id_too_long": 1}
