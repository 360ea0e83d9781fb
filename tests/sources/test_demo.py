from __future__ import annotations

from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
import pytest

from str_pipelines.imaging.decode import decode
from str_pipelines.imaging.quads import area, inside, quad_of, sides
from str_pipelines.imaging.seam import seam_width
from str_pipelines.records import Rejection, Scene
from str_pipelines.sources import demo
from str_pipelines.sources.demo import PLACES, Demo, corners


def read() -> list[Scene]:
    return [record for record in Demo().scenes(range(len(PLACES))) if isinstance(record, Scene)]


def test_every_photograph_is_there_with_its_places_and_a_digest_that_stays() -> None:
    scenes = read()
    assert [len(scene.instances) for scene in scenes] == [len(places) for places in PLACES.values()]
    assert len({scene.id for scene in scenes}) == len(PLACES) >= 5
    assert 50 <= sum(map(len, PLACES.values())) <= 70
    assert Demo().digest == Demo().digest
    assert {instance.text for scene in scenes for instance in scene.instances} == {""}


def test_every_place_lies_in_its_photograph_with_its_seam_and_no_two_touch() -> None:
    for scene in read():
        height, width = decode(scene.image).shape[:2]
        quads = [quad_of(instance.polygon) for instance in scene.instances]
        for quad in quads:
            assert inside(quad, width, height) == pytest.approx(1)
            assert min(sides(quad)) > 18
        covered = [np.zeros((height, width), np.uint8) for _ in quads]
        for mask, quad in zip(covered, quads, strict=True):
            reach = 2 * round(seam_width(quad)) + 3
            cv2.fillConvexPoly(mask, np.round(quad).astype(np.int32), 1)
            mask[:] = cv2.dilate(mask, np.ones((reach, reach), np.uint8))
        for one, other in combinations(range(len(quads)), 2):
            assert not (covered[one] & covered[other]).any(), (scene.id, one, other)


def test_corners_run_clockwise_from_the_top_left_and_fall_to_the_right() -> None:
    np.testing.assert_allclose(corners((50, 40, 20, 10, 0)), [(40, 35), (60, 35), (60, 45), (40, 45)])
    turned = np.array(corners((50, 40, 20, 10, 90)))
    np.testing.assert_allclose(turned, [(55, 30), (55, 50), (45, 50), (45, 30)])
    assert area(turned) == pytest.approx(200)


def test_a_photograph_that_is_not_there_is_rejected_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As where a distribution of Matplotlib leaves its sample data out."""
    whole = Demo().digest

    def stripped(name: str) -> ModuleSpec | None:
        return ModuleSpec(name, None, origin=str(tmp_path / "__init__.py")) if name == "matplotlib" else find_spec(name)

    monkeypatch.setattr(demo, "find_spec", stripped)
    records = list(Demo().scenes(range(len(PLACES))))
    [rejection] = [record for record in records if isinstance(record, Rejection)]
    assert len(records) == len(PLACES)
    assert rejection.reason == "image_missing" and "pip install --force-reinstall matplotlib" in rejection.detail
    assert Demo().digest != whole
