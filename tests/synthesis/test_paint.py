from __future__ import annotations

from math import cos, pi, sin
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from str_pipelines.execution import Execution
from str_pipelines.imaging.crop import rectify, upright
from str_pipelines.imaging.decode import decode
from str_pipelines.imaging.painter import Painter
from str_pipelines.imaging.seam import seam
from str_pipelines.records import Table
from str_pipelines.storage.checkpoints import Checkpoint
from str_pipelines.storage.scenes import SceneLmdb
from str_pipelines.storage.tables import rows_of, write_table
from str_pipelines.storage.words import WordLmdb
from str_pipelines.synthesis.config import PaintParams
from str_pipelines.synthesis.paint import jobs_of, paint_job, paint_words, quad_in
from str_pipelines.zoo import load_painter

from .conftest import HEIGHT, WIDTH, Noise, job, photograph

SCENE = photograph(0)
quads = st.builds(
    lambda x, y, length, height, angle: turned((x, y), (length, height), angle),
    *(st.floats(10, 210), st.floats(10, 130), st.floats(20, 120), st.floats(10, 40), st.floats(-pi, pi)),
)


def turned(centre: tuple[float, float], size: tuple[float, float], angle: float) -> NDArray[np.float64]:
    box = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) / 2 * size
    return np.asarray(box @ np.array([(cos(angle), sin(angle)), (-sin(angle), cos(angle))]) + centre)


def painted_scene(quad: NDArray[np.float64], painter: Painter, context: float = 0.25) -> NDArray[np.uint8]:
    patch = paint_job(SCENE, job(quad=quad.ravel().tolist()), painter, context)
    result = SCENE.copy()
    result[patch.where] = patch.on(SCENE)
    return result


@given(quads, st.sampled_from([0.0, 0.25, 2.0]))
def test_only_the_quad_and_its_seam_change_however_little_the_painter_sees(
    quad: NDArray[np.float64], context: float
) -> None:
    """The painter changes every pixel that it is given; the weights are those of the whole photograph."""
    result, weight = painted_scene(quad, Noise(), context), seam(quad, HEIGHT, WIDTH)
    np.testing.assert_array_equal(result[weight == 0], SCENE[weight == 0])
    inside = weight == 1
    if inside.any():
        assert (result[inside] != SCENE[inside]).any(axis=-1).mean() > 0.9


@given(quads)
def test_the_window_is_in_the_photograph_and_holds_all_of_the_seam(quad: NDArray[np.float64]) -> None:
    patch = paint_job(SCENE, job(quad=quad.ravel().tolist()), Noise(), 0.0)
    rows, columns = patch.where
    assert 0 <= rows.start < rows.stop <= HEIGHT and 0 <= columns.start < columns.stop <= WIDTH
    elsewhere = seam(quad, HEIGHT, WIDTH)
    np.testing.assert_allclose(patch.weight, elsewhere[patch.where], atol=1e-4)
    elsewhere[patch.where] = 0
    assert not elsewhere.any()


def test_a_word_gets_the_compression_of_its_photograph() -> None:
    plain, coarse = (paint_job(SCENE, job(jpeg=quality), Noise(), 0.25) for quality in (0, 20))
    assert np.abs(coarse.pixels.astype(int) - plain.pixels).mean() > 3
    outside = plain.weight == 0
    assert outside.any() and np.array_equal(coarse.on(SCENE)[outside], SCENE[plain.where][outside])


def paint(jobs: Table, scenes: SceneLmdb, here: Execution, painter: Painter | None = None, size: int = 5) -> WordLmdb:
    return paint_words(jobs, scenes, painter or Noise(), PaintParams(shard_size=size), here, "paint")


def test_a_word_is_what_rectify_cuts_from_the_painted_photograph(
    jobs: Table, scenes: SceneLmdb, here: Execution
) -> None:
    """Within rounding: the cut is made in the window, whose coordinates are smaller."""
    for word, row in zip(paint(jobs, scenes, here), rows_of(jobs), strict=True):
        scene, quad = decode(scenes.find(row["scene"]).image), quad_in(row)
        patch = paint_job(scene, row, Noise(), 0.25)
        whole = scene.copy()
        whole[patch.where] = patch.on(scene)
        expected = upright(rectify(whole, quad))
        found = decode(word.image)
        assert found.shape == expected.shape and word.size == (found.shape[1], found.shape[0])
        assert np.abs(found.astype(int) - expected).mean() < 0.5


def test_every_job_is_a_word_or_a_rejection_and_a_refusal_costs_no_other_word(
    jobs: Table, scenes: SceneLmdb, here: Execution
) -> None:
    words = paint(jobs, scenes, here, Noise(refused=("NEPO",)))
    assert [word.label for word in words] == ["OPEN", "HOUR"] * 8
    rejections = list(words.rejections())
    assert len(rejections) == 8 and words.manifest.rejected == {"no_font": 8}
    first = rejections[0]
    assert (first.source, first.record, first.detail) == ("street/a.png", "street/a.png#0.1", "for 'NEPO'")


def test_neither_shards_nor_workers_show(jobs: Table, scenes: SceneLmdb, tmp_path: Path) -> None:
    digests = {
        paint(jobs, scenes, Execution(workers=workers, work=tmp_path / f"{size}"), size=size).digest
        for size, workers in ((100, 1), (7, 2), (1, 1))
    }
    assert len(digests) == 1


def test_a_word_does_not_depend_on_the_words_before_it(
    jobs: Table, scenes: SceneLmdb, here: Execution, tmp_path: Path
) -> None:
    backwards = write_table(tmp_path / "backwards.parquet", rows_of(jobs)[::-1])
    forth, back = paint(jobs, scenes, here), paint(backwards, scenes, here)
    assert list(forth.digests()) == list(back.digests())[::-1]


def test_the_sidecar_says_where_each_word_comes_from(
    jobs: Table, scenes: SceneLmdb, here: Execution, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STR_RUN_ID", "0123abcd")
    for row, asked in zip(paint(jobs, scenes, here).rows(), rows_of(jobs), strict=True):
        kept = ("id", "scene", "source", "instance", "quad", "source_text", "kind", "seed")
        assert {name: row[name] for name in kept} == {name: asked[name] for name in kept}
        assert (row["label"], row["painter"], row["run"]) == (asked["text"], "noise", "0123abcd")
        assert row["font"] == f"Noise {asked['seed'] % 3}"
        assert 0 < row["contrast"] < 1 and 0 <= row["clipped"] < 0.5


def test_which_run_painted_is_written_down_and_changes_no_digest(
    jobs: Table, scenes: SceneLmdb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    painted = []
    for run in ("one", "other"):
        monkeypatch.setenv("STR_RUN_ID", run)
        painted.append(paint(jobs, scenes, Execution(backend="serial", work=tmp_path / run)))
    assert painted[0].digest == painted[1].digest
    assert [next(words.rows())["run"] for words in painted] == ["one", "other"]


def test_the_jobs_of_painted_words_are_remembered(jobs: Table, scenes: SceneLmdb, here: Execution) -> None:
    recalled = jobs_of(paint(jobs, scenes, here, Noise(refused=("NEPO",))), here, "recall")
    assert rows_of(recalled) == [row for row in rows_of(jobs) if row["text"] != "NEPO"]


def test_a_column_of_text_is_turned_upright(jobs: Table, scenes: SceneLmdb, here: Execution) -> None:
    sizes = {row["instance"]: (row["width"], row["height"]) for row in paint(jobs, scenes, here).rows()}
    assert sizes[2] == (60, 24) and sizes[0] == (80, 24)


@pytest.mark.parametrize("name", ["render", "paste"])
def test_shipped_painters_write_into_the_quad_alone_and_the_same_again(name: str, tmp_path: Path) -> None:
    painter = load_painter(Checkpoint.at(name))
    quad = quad_in(job(instance=1))
    result, weight = painted_scene(quad, painter), seam(quad, HEIGHT, WIDTH)
    np.testing.assert_array_equal(result[weight == 0], SCENE[weight == 0])
    assert (result[weight == 1] != SCENE[weight == 1]).any(axis=-1).mean() > 0.5
    np.testing.assert_array_equal(result, painted_scene(quad, load_painter(Checkpoint.at(name))))


def test_where_each_character_is_in_the_cut_word_is_in_the_sidecar(
    jobs: Table, scenes: SceneLmdb, here: Execution
) -> None:
    words = paint(jobs, scenes, here, load_painter(Checkpoint.at("paste")))
    for word in words:
        characters = np.reshape(word.facts["characters"], (len(word.label), 4, 2))
        assert (np.diff(characters.mean(axis=1)[:, 0]) > 0).all()  # also in a column, which the cut turns upright
        assert characters.min() > -1 and (characters.max(axis=(0, 1)) < np.array(word.size) + 1).all()
        picture = decode(word.image).astype(int)
        for quad in characters:
            (x0, y0), (x1, y1) = np.floor(quad.min(axis=0)).astype(int), np.ceil(quad.max(axis=0)).astype(int)
            assert np.ptp(picture[max(0, y0) : y1, max(0, x0) : x1]) > 100
    assert "characters" not in next(paint(jobs, scenes, here).rows())
