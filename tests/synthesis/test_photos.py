from __future__ import annotations

import numpy as np

from str_pipelines.execution import Execution
from str_pipelines.imaging.decode import decode
from str_pipelines.imaging.seam import seam
from str_pipelines.records import Table
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.storage.tables import rows_of
from str_pipelines.synthesis.config import PaintParams
from str_pipelines.synthesis.paint import paint_words, quad_in
from str_pipelines.synthesis.photos import edited, edited_photographs

from .conftest import HEIGHT, WIDTH, Noise, job, photograph


def test_photographs_differ_from_their_sources_in_the_places_alone(
    jobs: Table, scenes: SceneLmdb, here: Execution
) -> None:
    words = paint_words(jobs, scenes, Noise(), PaintParams(), here, "paint")
    photographs = edited_photographs(words, scenes, Noise(), 0.25, keep=9)
    assert sorted(photographs) == ["shop_a.png", "street_a.png"]
    weights = [seam(quad_in(job(instance=number)), HEIGHT, WIDTH) for number in range(4)]
    untouched = np.max(weights, axis=0) == 0
    for name, png in photographs.items():
        source, result = decode(scenes.find(name.replace("_", "/")).image), decode(png)
        np.testing.assert_array_equal(result[untouched], source[untouched])
        for weight in weights:
            assert (result[weight == 1] != source[weight == 1]).any(axis=-1).mean() > 0.9


def test_no_more_than_asked_for_and_always_the_same_ones(jobs: Table, scenes: SceneLmdb, here: Execution) -> None:
    words = paint_words(jobs, scenes, Noise(), PaintParams(), here, "paint")
    one = edited_photographs(words, scenes, Noise(), 0.25, keep=1)
    assert len(one) == 1 and one.items() <= edited_photographs(words, scenes, Noise(), 0.25, keep=2).items()
    assert edited_photographs(words, scenes, Noise(), 0.25, keep=0) == {}


def test_of_each_place_a_word_is_shown_that_did_not_stand_there(
    jobs: Table, scenes: SceneLmdb, here: Execution
) -> None:
    words = paint_words(jobs, scenes, Noise(), PaintParams(), here, "paint")
    scene = photograph(0)
    shown = [row for row in rows_of(jobs) if row["scene"] == "street/a.png" and row["kind"] == "permutation"]
    found = decode(edited_photographs(words, scenes, Noise(), 0.25, keep=2)["street_a.png"])
    np.testing.assert_array_equal(found, edited(scene, shown, Noise(), 0.25))


def test_words_that_touch_are_both_there() -> None:
    """The seam of the second fades into the first, not back into the source."""
    scene, left, right = photograph(0), [20, 20, 100, 20, 100, 44, 20, 44], [101, 20, 181, 20, 181, 44, 101, 44]
    both = edited(scene, [job(quad=left), job(quad=right, rank=1)], Noise(), 0.25)
    alone = edited(scene, [job(quad=left)], Noise(), 0.25)
    np.testing.assert_array_equal(both[20:44, 20:96], alone[20:44, 20:96])
    seam_of_second = both[24:40, 98].astype(int)
    assert np.abs(seam_of_second - alone[24:40, 98]).mean() < np.abs(seam_of_second - scene[24:40, 98]).mean()
